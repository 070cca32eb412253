using Grpc.Core;
using Orchestrator.Agent.Attaching;
using Orchestrator.Engine.Containers;
using Orchestrator.Model;
using Orchestrator.Network;
using Orchestrator.Protocol.Mapping;
using Orchestrator.Testing;
using ContainerSpec = Orchestrator.Engine.Containers.ContainerSpec;
using P = Orchestrator.Protocol.V1;

namespace Orchestrator.Agent.Tests.Attaching;

public sealed class AttachmentDeskTests
{
    private static readonly RpcException Away = new(new Status(StatusCode.Unavailable, "connection refused"));
    private static readonly RpcException NoLeader = new(new Status(StatusCode.FailedPrecondition, "not the leader"));
    private static readonly RpcException Reset = new(new Status(StatusCode.Internal, "stream reset"));

    private readonly FakeManager manager = new();
    private readonly ManualTime time = new();

    [Fact]
    public async Task A_place_is_asked_for_by_one_id_until_a_leader_answers_and_comes_with_the_assignments()
    {
        manager.Answers.AddRange([Away, NoLeader, Reset]);
        var desk = new AttachmentDesk(() => manager, time);

        var asked = desk.AttachAsync(Solo(), new EndpointConfig { NetworkId = "mesh", Aliases = ["lone"] }, "10.9.0.7", default);
        await UntilAsync(() => manager.Asked.Count == 4);
        var request = manager.Asked[^1];
        Assert.Single(manager.Asked.Select(a => a.Id).Distinct());
        Assert.Equal(("mesh", "solo", "", "10.9.0.7"), (request.Network, request.ContainerName, request.Address, request.FormerAddress));
        Assert.Equal(["cccccccccccc", "lone"], request.Aliases);
        Assert.False(asked.IsCompleted);
        var over = desk.Give(Place(request.Id));

        var given = await asked;
        Assert.Equal(("net1", "10.9.0.7", request.Id), (given.NetworkId, given.IPv4, given.Lease));
        Assert.False(over!.IsCompleted);
        desk.Settle(Solo().Id);
        await over;
        Assert.Null(desk.Give(Place(request.Id)));
    }

    [Fact]
    public async Task A_refusal_is_told_at_once_and_the_place_is_nobodys()
    {
        manager.Answers.Add(new UserException(ErrorCode.PermissionDenied, "not manually attachable").ToRpc());
        var desk = new AttachmentDesk(() => manager, time);

        var refused = await Assert.ThrowsAsync<NetworkException>(
            () => desk.AttachAsync(Solo(), new EndpointConfig { NetworkId = "web" }, null, default));

        Assert.Equal(NetworkFault.Forbidden, refused.Fault);
        Assert.Single(manager.Asked);
        desk.Settle(Solo().Id);
        Assert.Null(desk.Give(Place(manager.Asked[0].Id)));
    }

    [Fact]
    public async Task When_no_manager_answers_in_time_or_brings_the_network_here_it_says_so()
    {
        var mute = new AttachmentDesk(() => null, time).AttachAsync(Solo(), new EndpointConfig { NetworkId = "mesh" }, null, default);
        var forgetful = new AttachmentDesk(() => manager, time)
            .AttachAsync(Solo(), new EndpointConfig { NetworkId = "mesh" }, null, default);
        await UntilAsync(() => manager.Asked.Count == 1);

        time.Advance(TimeSpan.FromSeconds(11));

        foreach (var asked in new[] { mute, forgetful })
            Assert.Contains("did not answer for network mesh", (await Assert.ThrowsAsync<NetworkException>(() => asked)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_goes_away_meanwhile_has_cancelled()
    {
        using var gone = new CancellationTokenSource();
        var asked = new AttachmentDesk(() => null, time).AttachAsync(Solo(), new EndpointConfig { NetworkId = "mesh" }, null, gone.Token);

        await gone.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
    }

    [Fact]
    public async Task A_network_that_there_is_none_of_is_null()
    {
        manager.Answers.Add(UserException.NotFound("network", "nope").ToRpc());

        Assert.Null(await new AttachmentDesk(() => manager, time).FindAsync("nope", default));
    }

    private static ContainerRecord Solo() => new()
    {
        Id = new string('c', 64), Name = "solo", Created = default, ImageId = "sha256:0", LogPath = "",
        Process = new ProcessRecord { Arguments = ["sleep"] }, Spec = new ContainerSpec { Image = "web" },
    };

    private static OrchTask Place(string id) => new()
    {
        Id = new TaskId(id),
        Spec = new TaskSpec
        {
            Container = new Model.ContainerSpec { Image = "" }, Attached = new AttachedContainer(Solo().Id, "solo"),
        },
        Networks = [new TaskNetwork(new NetworkId("net1"), ["10.9.0.7/24"], [])],
    };

    /// <summary>The desk waits between two tries, by a clock that only moves here.</summary>
    private async Task UntilAsync(Func<bool> holds)
    {
        await Eventually.HoldsAsync("the manager is asked", TimeSpan.FromSeconds(10), () =>
        {
            if (!holds())
                time.Advance(TimeSpan.FromMilliseconds(100));
            return Task.FromResult(holds());
        });
    }

    private sealed class FakeManager : CallInvoker
    {
        /// <summary>The first ones; after them it says yes.</summary>
        public List<RpcException> Answers { get; } = [];

        public List<P.AttachRequest> Asked { get; } = [];

        public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
            Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
        {
            Asked.Add(request as P.AttachRequest ?? new());
            var answer = Asked.Count <= Answers.Count
                ? Task.FromException<TResponse>(Answers[Asked.Count - 1]) : Task.FromResult((TResponse)(object)new P.AttachResponse());
            return new AsyncUnaryCall<TResponse>(
                answer, Task.FromResult(new Metadata()), () => Status.DefaultSuccess, () => [], () => { });
        }

        public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
            Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) => throw new NotSupportedException();

        public override TResponse BlockingUnaryCall<TRequest, TResponse>(
            Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) => throw new NotSupportedException();

        public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(
            Method<TRequest, TResponse> method, string? host, CallOptions options) => throw new NotSupportedException();

        public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(
            Method<TRequest, TResponse> method, string? host, CallOptions options) => throw new NotSupportedException();
    }
}
