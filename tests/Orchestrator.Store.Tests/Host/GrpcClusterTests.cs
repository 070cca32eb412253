using System.Collections.Concurrent;
using System.Net;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orchestrator.Store.Host;
using Orchestrator.Store.Log;
using Orchestrator.Store.Transport;

namespace Orchestrator.Store.Tests.Host;

/// <summary>The same hosts over real gRPC on loopback.</summary>
public sealed class GrpcClusterTests : IAsyncLifetime
{
    private readonly ConcurrentDictionary<string, WebApplication> servers = [];
    private readonly RaftCluster cluster;

    public GrpcClusterTests() => cluster = new RaftCluster(Small, _ => new GrpcTransport(Dial)) { AddressOf = AddressOf };

    public async Task InitializeAsync()
    {
        foreach (var name in new[] { "a", "b", "c" })
            servers[name] = await ServeAsync(name);
    }

    [Fact]
    public async Task Managers_join_by_rpc_and_replicate()
    {
        await StartThreeAsync();

        for (var i = 0; i < 30; i++)
            await cluster.WriteAsync($"{i}");

        await cluster.EqualAsync([.. Enumerable.Range(0, 30).Select(i => $"{i}")]);
    }

    [Fact]
    public async Task The_leader_is_replaced_and_comes_back_as_a_follower_with_everything()
    {
        await StartThreeAsync();
        await cluster.WriteAsync("one");
        var old = await cluster.LeaderAsync();

        await cluster.StopAsync(old);
        await cluster.WriteAsync("two");
        cluster.Restart(old);

        await cluster.EqualAsync("one", "two");
    }

    [Fact]
    public async Task A_snapshot_travels_in_chunks()
    {
        await StartThreeAsync();
        var leader = await cluster.LeaderAsync();
        var slow = new[] { "a", "b", "c" }.First(n => n != leader);
        await cluster.StopAsync(slow);
        await RaftCluster.Until(() => cluster[leader].Members.Any(m => !m.IsReachable));
        var lines = Enumerable.Range(0, 60).Select(i => new string((char)('a' + (i % 26)), 20_000)).ToArray();
        foreach (var line in lines)
            await cluster.WriteAsync(line);

        cluster.Restart(slow);

        await cluster.EqualAsync(lines);
        Assert.True(cluster.State(slow).Restores > 0);
    }

    [Fact]
    public async Task A_member_that_moved_to_another_address_is_found_again()
    {
        await StartThreeAsync();
        var leader = await cluster.LeaderAsync();
        var moved = new[] { "a", "b", "c" }.First(n => n != leader);
        await cluster.StopAsync(moved);
        await servers[moved].DisposeAsync();
        servers[moved] = await ServeAsync(moved);

        cluster.Restart(moved);
        await cluster.WriteAsync("one");

        await cluster.EqualAsync("one");
        await RaftCluster.Until(() => cluster[leader].Members.Single(m => m.Member.NodeId == moved).Member.Address == AddressOf(moved));
    }

    [Fact]
    public async Task Leaving_is_refused_by_a_follower_and_done_by_the_leader_it_names()
    {
        await StartThreeAsync();
        var leader = await cluster.LeaderAsync();
        var others = new[] { "a", "b", "c" }.Where(n => n != leader).ToArray();

        await new RaftMembershipClient(Dial).LeaveAsync(
            [AddressOf(others[0])], cluster[others[1]].Self.RaftId, RaftCluster.Timeout());

        Assert.Equal(2, cluster[leader].Members.Count);
    }

    [Fact]
    public async Task A_leader_that_leaves_hands_over_and_is_removed_by_its_successor()
    {
        await StartThreeAsync();
        var leader = await cluster.LeaderAsync();

        await new RaftMembershipClient(Dial).LeaveAsync([AddressOf(leader)], cluster[leader].Self.RaftId, RaftCluster.Timeout());

        var next = await cluster.LeaderAsync();
        Assert.NotEqual(leader, next);
        Assert.Equal(2, cluster[next].Members.Count);
    }

    [Fact]
    public async Task A_caller_who_is_no_manager_is_refused()
    {
        await StartThreeAsync();
        allowed = false;

        var refusal = await Assert.ThrowsAsync<RpcException>(
            () => new RaftMembershipClient(Dial).JoinAsync([AddressOf("a")], "d", "d:1", RaftCluster.Timeout()));

        Assert.Equal(StatusCode.PermissionDenied, refusal.StatusCode);
    }

    public async Task DisposeAsync()
    {
        await cluster.DisposeAsync();
        foreach (var server in servers.Values)
            await server.DisposeAsync();
    }

    private volatile bool allowed = true;

    private async Task StartThreeAsync()
    {
        cluster.Add("a", setup => RaftHost.Bootstrap(setup, "test"));
        await cluster.LeaderAsync();
        foreach (var name in new[] { "b", "c" })
        {
            var joined = await new RaftMembershipClient(Dial).JoinAsync(
                [AddressOf("a")], name, AddressOf(name), RaftCluster.Timeout());
            var members = joined.Members.Select(m => new LogMember(m.RaftId, m.NodeId, m.Address, m.Voter)).ToArray();
            cluster.Add(name, setup => RaftHost.Join(setup, joined.ClusterId, joined.RaftId, members));
            await RaftCluster.Until(() => cluster["a"].Members.Any(m => m.Member.NodeId == name && m.Member.IsVoter));
        }
    }

    private string AddressOf(string name) => new Uri(servers[name].Urls.Single()).Authority;

    private RaftHost? Find(string name) => cluster.Find(name);

    private static GrpcChannel Dial(string address) => GrpcChannel.ForAddress(
        $"http://{address}", new GrpcChannelOptions { HttpHandler = GrpcTransport.NewHandler(), DisposeHttpClient = true });

    private async Task<WebApplication> ServeAsync(string name)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Logging.ClearProviders();
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(new RaftService(() => Find(name), Require));
        builder.Services.AddSingleton(new RaftMembershipService(() => Find(name), Require));
        var app = builder.Build();
        app.MapGrpcService<RaftService>();
        app.MapGrpcService<RaftMembershipService>();
        await app.StartAsync();
        return app;
    }

    private void Require(ServerCallContext context)
    {
        if (!allowed)
            throw new RpcException(new Status(StatusCode.PermissionDenied, "for managers only"));
    }

    private static RaftHostOptions Small(RaftHostOptions options) => options with
    {
        Tick = TimeSpan.FromMilliseconds(40),
        SnapshotEntries = 20,
        Log = new RaftLogOptions { SegmentBytes = 256 * 1024, TrailingEntries = 5 },
    };
}
