using Grpc.Core;
using Orchestrator.Manager.Attaching;
using Orchestrator.Manager.Tests.Scenarios;
using Orchestrator.Model;
using Orchestrator.Protocol.Mapping;
using Orchestrator.Store.Tables;
using P = Orchestrator.Protocol.V1;

namespace Orchestrator.Manager.Tests.Attaching;

public sealed class AttachmentsServiceTests
{
    private static readonly string One = new('1', 25);
    private static readonly string Two = new('2', 25);

    [Fact]
    public async Task A_container_gets_a_task_on_its_own_node_that_everybody_on_the_network_hears_of()
    {
        await using var cluster = await StartAsync();

        await AttachAsync(cluster, One, container: "c1", aliases: ["lone"]);
        await cluster.UntilAsync(root => root.Tasks.Get(One)?.Status.State == TaskState.Running, "the place is taken");

        var task = cluster.Store.View().Tasks.Get(One)!;
        Assert.Equal(("n1", "name-of-c1", true), (task.NodeId.Value, task.Name, task.IsAttachment));
        Assert.Equal("10.9.0.2/24", Assert.Single(task.Networks).Addresses[0]);
        await AttachAsync(cluster, Two, container: "c2", node: "n2");
        await cluster.UntilAsync(
            _ => cluster.Agents["n2"].Endpoints.Values.Any(e => e.Name == "name-of-c1" && e.Aliases.Contains("lone") && e.Ready),
            "the other node knows it");
        var listed = await cluster.Manager.Control.ListTasks(new P.ListTasksRequest(), cluster.Call());
        Assert.Empty(listed.Tasks);
    }

    [Fact]
    public async Task The_same_call_again_makes_nothing_new_and_another_run_of_the_container_takes_the_place_of_the_first()
    {
        await using var cluster = await StartAsync();

        await AttachAsync(cluster, One, container: "c1", address: "10.9.0.7");
        await AttachAsync(cluster, One, container: "c1", address: "10.9.0.7");
        Assert.Single(cluster.Store.View().Tasks.All);
        await AttachAsync(cluster, Two, container: "c1", address: "10.9.0.7");

        var root = await cluster.UntilAsync(root => root.Tasks.Get(One) is null, "the first is forgotten");
        Assert.Equal("10.9.0.7/24", root.Tasks.Get(Two)!.Networks[0].Addresses[0]);
    }

    [Theory]
    [InlineData("lan", "c2", "10.9.0.7", ErrorCode.InUse)] // c1 has it.
    [InlineData("lan", "c2", "10.8.0.7", ErrorCode.InvalidArgument)]
    [InlineData("lan", "c2", "10.9.0.1", ErrorCode.InvalidArgument)] // The gateway.
    [InlineData("closed", "c2", "", ErrorCode.PermissionDenied)]
    [InlineData("ingress", "c2", "", ErrorCode.PermissionDenied)]
    [InlineData("nowhere", "c2", "", ErrorCode.NotFound)]
    public async Task What_a_container_cannot_have_is_refused_and_leaves_nothing(
        string network, string container, string address, ErrorCode code)
    {
        await using var cluster = await StartAsync();
        await AttachAsync(cluster, One, container: "c1", address: "10.9.0.7");

        var refused = await Assert.ThrowsAsync<RpcException>(
            () => AttachAsync(cluster, Two, container, network: network, address: address));

        Assert.Equal(code, refused.ToUser().Code);
        Assert.Null(cluster.Store.View().Tasks.Get(Two));
    }

    [Fact]
    public async Task What_nobody_can_give_is_refused_in_time_with_the_reason_and_leaves_nothing()
    {
        await using var cluster = await StartAsync();
        await CreateNetworkAsync(cluster, "tiny", "10.7.0.0/24", range: "10.7.0.8/32");
        await AttachAsync(cluster, One, container: "c1", network: "tiny");

        var refused = await Assert.ThrowsAsync<RpcException>(() => AttachAsync(cluster, Two, "c2", network: "tiny"));

        Assert.Contains("no free address", refused.ToUser().What, StringComparison.Ordinal);
        Assert.Null(cluster.Store.View().Tasks.Get(Two));
    }

    [Fact]
    public async Task What_a_container_had_before_it_has_again_though_it_rests_unless_somebody_else_does()
    {
        await using var cluster = await StartAsync();
        await AttachAsync(cluster, One, container: "c1", former: "10.9.0.99");
        await AttachAsync(cluster, Two, container: "c2", former: "10.9.0.99");

        var root = cluster.Store.View();
        Assert.Equal("10.9.0.99/24", root.Tasks.Get(One)!.Networks[0].Addresses[0]);
        Assert.NotEqual("10.9.0.99/24", root.Tasks.Get(Two)!.Networks[0].Addresses[0]);
    }

    [Fact]
    public async Task A_former_address_that_somebody_takes_meanwhile_costs_a_container_nothing_but_that_address()
    {
        await using var cluster = await StartAsync();
        var requests = new[] { RequestOf(One, "c1", "lan"), RequestOf(Two, "c2", "lan") };
        foreach (var request in requests)
            request.FormerAddress = "10.9.0.99";

        // Both are asked for before the allocator has looked at either.
        await cluster.Store.UpdateAsync(
            tx => Array.ForEach(requests, r => AttachmentPlan.Put(tx, new NodeId("n1"), r, DateTimeOffset.UnixEpoch)), default);

        await AttachAsync(cluster, One, container: "c1");
        await AttachAsync(cluster, Two, container: "c2");
        Assert.Single(cluster.Store.View().Tasks.All, t => t.Networks[0].Addresses[0] == "10.9.0.99/24");
    }

    [Theory]
    [InlineData("10.9.0.1")] // The gateway.
    [InlineData("10.8.0.7")]
    [InlineData("10.9.0.255")]
    [InlineData("seven")]
    public async Task A_former_address_that_the_network_does_not_give_is_left_out(string former)
    {
        await using var cluster = await StartAsync();

        await AttachAsync(cluster, One, container: "c1", former: former);

        Assert.Equal("10.9.0.2/24", cluster.Store.View().Tasks.Get(One)!.Networks[0].Addresses[0]);
    }

    [Theory]
    [InlineData("short", "c1", "n", "a", "")]
    [InlineData(null, "c 1", "n", "a", "")]
    [InlineData(null, "c1", "", "a", "")]
    [InlineData(null, "c1", "n", "b/c", "")]
    [InlineData(null, "c1", "n", "a", "mtu")]
    [InlineData(null, "c1", "n", "a", "bandwidth")] // Its value is no rate.
    public void What_a_node_may_not_say_of_its_container_is_refused(
        string? id, string container, string name, string alias, string option)
    {
        var request = new P.AttachRequest
        {
            Id = id ?? One, Network = "lan", ContainerId = container, ContainerName = name, Aliases = { alias },
        };
        if (option.Length > 0)
            request.Options.Add(option, "fast");

        Assert.Throws<UserException>(() => AttachmentValidator.Validate(request));
    }

    [Fact]
    public void What_one_container_says_is_bounded()
    {
        var request = new P.AttachRequest { Id = One, ContainerId = "c1", ContainerName = "n" };
        request.Aliases.Add(Enumerable.Repeat("a", 32));
        AttachmentValidator.Validate(request);

        request.Aliases.Add("b");
        Assert.Throws<UserException>(() => AttachmentValidator.Validate(request));
        request.Aliases.Clear();
        request.Aliases.Add(new string('a', 256));
        Assert.Throws<UserException>(() => AttachmentValidator.Validate(request));
    }

    [Fact]
    public async Task Who_hangs_up_leaves_nothing()
    {
        await using var cluster = await StartAsync();
        await CreateNetworkAsync(cluster, "tiny", "10.7.0.0/24", range: "10.7.0.8/32");
        await AttachAsync(cluster, One, container: "c1", network: "tiny");
        using var hangs = new CancellationTokenSource();

        var asked = cluster.Manager.Attachments.Attach(
            RequestOf(Two, "c2", "tiny"), new TestCallContext("n1", hangs.Token));
        await cluster.UntilAsync(root => root.Tasks.Get(Two) is not null, "it waits");
        await hangs.CancelAsync();

        await Assert.ThrowsAnyAsync<Exception>(() => asked);
        Assert.Null(cluster.Store.View().Tasks.Get(Two));
    }

    [Fact]
    public async Task A_network_with_a_container_on_it_stays_and_goes_once_its_node_is_given_up()
    {
        await using var cluster = await StartAsync();
        await AttachAsync(cluster, One, container: "c1");

        var refused = await Assert.ThrowsAsync<RpcException>(() => RemoveAsync(cluster));
        Assert.Contains("in use by container name-of-c1 of node n1", refused.ToUser().What, StringComparison.Ordinal);

        await cluster.Agents["n1"].KillAsync();
        await cluster.Store.UpdateAsync(tx => tx.Nodes.Delete("n1"), default);
        await cluster.UntilAsync(root => root.Tasks.Get(One) is null, "nobody can end it any more");
        await RemoveAsync(cluster);
    }

    [Fact]
    public async Task A_node_that_is_drained_keeps_what_its_own_containers_have_and_gives_them_more()
    {
        await using var cluster = await StartAsync();
        await AttachAsync(cluster, One, container: "c1");
        await cluster.Store.UpdateAsync(
            tx => tx.Nodes.Update(tx.Nodes.Get("n1")! with { Spec = new NodeSpec { Availability = NodeAvailability.Drain } }), default);

        await AttachAsync(cluster, Two, container: "c2");

        await cluster.UntilAsync(
            root => root.Tasks.All.Count(t => t.Status.State == TaskState.Running && t.DesiredState == TaskState.Running) == 2,
            "both are there");
    }

    private static async Task<MiniCluster> StartAsync()
    {
        var cluster = await MiniCluster.StartAsync("n1", "n2");
        await CreateNetworkAsync(cluster, "lan", "10.9.0.0/24");
        await CreateNetworkAsync(cluster, "closed", "10.6.0.0/24", isAttachable: false);
        return cluster;
    }

    private static async Task CreateNetworkAsync(
        MiniCluster cluster, string name, string subnet, bool isAttachable = true, string range = "") =>
        await cluster.Manager.Control.CreateNetwork(
            new P.CreateNetworkRequest
            {
                Spec = new NetworkSpec
                {
                    Annotations = Annotations.Named(name), Driver = "overlay", Attachable = isAttachable,
                    Pools = [new IpamPool(subnet, "", range)],
                }.ToProto(),
            },
            cluster.Call());

    private static Task RemoveAsync(MiniCluster cluster) =>
        cluster.Manager.Control.RemoveNetwork(new P.RemoveNetworkRequest { Id = "lan" }, cluster.Call());

    private static async Task AttachAsync(
        MiniCluster cluster, string id, string container, string node = "n1", string network = "lan", string address = "",
        string[]? aliases = null, string former = "")
    {
        var request = RequestOf(id, container, network);
        request.Address = address;
        request.FormerAddress = former;
        request.Aliases.Add(aliases ?? []);
        await cluster.Manager.Attachments.Attach(request, cluster.Call(node));
    }

    private static P.AttachRequest RequestOf(string id, string container, string network) =>
        new() { Id = id, Network = network, ContainerId = container, ContainerName = $"name-of-{container}" };
}
