using System.Net.Sockets;
using Grpc.Core;
using Orchestrator.Testing;

namespace Orchestrator.Security.Tests.Tls;

public sealed class ClusterTlsTests
{
    private readonly TestCluster _cluster = new();

    private IdentitySource Node(string id, NodeRole role) => new(_cluster.Node(id, role));

    private static SocketsHttpHandler As(IdentitySource identity, NodeRole? role = NodeRole.Manager, NodeId? id = null) =>
        ClusterHandlers.Mutual(identity, TimeProvider.System, role, id);

    private static async Task<Status> FailureOf(Task<string> call) => (await Assert.ThrowsAsync<RpcException>(() => call)).Status;

    [Fact]
    public async Task A_manager_may_call_what_is_for_managers()
    {
        await using var server = await TestNode.StartAsync(Node("m1", NodeRole.Manager));

        Assert.Equal("m2", await server.CallAsync(TestNode.ForManagers, As(Node("m2", NodeRole.Manager))));
    }

    [Fact]
    public async Task A_worker_may_not_and_is_told_how_it_could()
    {
        await using var server = await TestNode.StartAsync(Node("m1", NodeRole.Manager));

        var status = await FailureOf(server.CallAsync(TestNode.ForManagers, As(Node("w1", NodeRole.Worker))));

        Assert.Equal(StatusCode.PermissionDenied, status.StatusCode);
        Assert.Contains("orch node promote w1", status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stranger_gets_in_only_where_anyone_does()
    {
        await using var server = await TestNode.StartAsync(Node("m1", NodeRole.Manager));

        Assert.Equal("nobody", await server.CallAsync(TestNode.ForAnyone, ClusterHandlers.Insecure()));
        var status = await FailureOf(server.CallAsync(TestNode.ForManagers, ClusterHandlers.Insecure()));
        Assert.Equal(StatusCode.Unauthenticated, status.StatusCode);
    }

    [Fact]
    public async Task A_node_of_another_cluster_cannot_even_connect()
    {
        using var other = new TestCluster();
        await using var server = await TestNode.StartAsync(Node("m1", NodeRole.Manager));
        var stranger = other.Node("m2", NodeRole.Manager);
        // Its own handler would refuse us as well; one that trusts anyone shows that we refuse it.
        var handler = ClusterHandlers.Insecure();
        handler.SslOptions.LocalCertificateSelectionCallback = (_, _, _, _, _) => stranger.Certificate;

        Assert.Equal(StatusCode.Unavailable, (await FailureOf(server.CallAsync(TestNode.ForAnyone, handler))).StatusCode);
    }

    [Fact]
    public async Task A_server_of_another_cluster_is_not_called()
    {
        using var other = new TestCluster();
        await using var server = await TestNode.StartAsync(new IdentitySource(other.Node("m1", NodeRole.Manager)));

        var status = await FailureOf(server.CallAsync(TestNode.ForAnyone, As(Node("m2", NodeRole.Manager))));

        Assert.Equal(StatusCode.Unavailable, status.StatusCode);
        Assert.Contains("not signed by this cluster's root CA", status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_worker_does_not_pass_for_a_manager()
    {
        await using var server = await TestNode.StartAsync(Node("w1", NodeRole.Worker));

        var status = await FailureOf(server.CallAsync(TestNode.ForAnyone, As(Node("m1", NodeRole.Manager))));

        Assert.Contains("node w1 is a swarm-worker, not a swarm-manager", status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_does_not_pass_for_another()
    {
        await using var server = await TestNode.StartAsync(Node("m1", NodeRole.Manager));

        var status = await FailureOf(server.CallAsync(
            TestNode.ForAnyone, As(Node("m3", NodeRole.Manager), NodeRole.Manager, new NodeId("m2"))));

        Assert.Contains("node m1 answers, not node m2", status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_removed_node_is_refused_though_its_certificate_is_valid()
    {
        await using var server = await TestNode.StartAsync(Node("m1", NodeRole.Manager), removed: "m2");

        var status = await FailureOf(server.CallAsync(TestNode.ForManagers, As(Node("m2", NodeRole.Manager))));

        Assert.Equal(StatusCode.PermissionDenied, status.StatusCode);
        Assert.Contains("was removed", status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_renewed_identity_is_used_by_new_connections_of_both_sides()
    {
        var ours = Node("m1", NodeRole.Manager);
        var theirs = Node("n2", NodeRole.Worker);
        await using var server = await TestNode.StartAsync(ours);
        await FailureOf(server.CallAsync(TestNode.ForManagers, As(theirs)));

        ours.Replace(_cluster.Node("m1", NodeRole.Manager));
        theirs.Replace(_cluster.Node("n2", NodeRole.Manager));

        Assert.Equal("n2", await server.CallAsync(TestNode.ForManagers, As(theirs)));
    }

    [Fact]
    public async Task A_manager_may_speak_for_a_worker_and_gets_the_workers_rights()
    {
        await using var server = await TestNode.StartAsync(Node("m1", NodeRole.Manager), removed: "gone");
        var manager = Node("m2", NodeRole.Manager);
        Metadata For(string id) => ForwardedPeer.Write(new PeerIdentity(new NodeId(id), NodeRole.Worker, default));

        Assert.Equal("w1", await server.CallAsync(TestNode.ForAnyone, As(manager), For("w1")));
        var status = await FailureOf(server.CallAsync(TestNode.ForManagers, As(manager), For("w1")));
        Assert.Equal(StatusCode.PermissionDenied, status.StatusCode);
        status = await FailureOf(server.CallAsync(TestNode.ForAnyone, As(manager), For("gone")));
        Assert.Equal(StatusCode.PermissionDenied, status.StatusCode);
    }

    [Fact]
    public async Task A_worker_may_speak_for_nobody()
    {
        await using var server = await TestNode.StartAsync(Node("m1", NodeRole.Manager));
        var claim = ForwardedPeer.Write(new PeerIdentity(new NodeId("m2"), NodeRole.Manager, default));

        var status = await FailureOf(server.CallAsync(TestNode.ForManagers, As(Node("w1", NodeRole.Worker)), claim));

        Assert.Equal(StatusCode.PermissionDenied, status.StatusCode);
    }

    [Fact]
    public async Task A_strangers_claim_to_speak_for_a_manager_is_nothing()
    {
        await using var server = await TestNode.StartAsync(Node("m1", NodeRole.Manager));
        var claim = ForwardedPeer.Write(new PeerIdentity(new NodeId("m2"), NodeRole.Manager, default));

        var status = await FailureOf(server.CallAsync(TestNode.ForManagers, ClusterHandlers.Insecure(), claim));

        Assert.Equal(StatusCode.Unauthenticated, status.StatusCode);
    }

    [Fact]
    public async Task Strangers_beyond_the_limit_are_turned_away_at_once_and_nodes_never_count()
    {
        await using var server = await TestNode.StartAsync(Node("m1", NodeRole.Manager), maxStrangers: 3);
        var known = Enumerable.Range(0, 5).Select(_ => As(Node("m2", NodeRole.Manager))).ToList();
        var held = new List<Socket>();
        var channels = known.Select(server.Channel).ToList();
        try
        {
            // Connections of nodes that stay, more of them than strangers may be.
            foreach (var channel in channels)
                Assert.Equal("m2", await TestNode.CallAsync(TestNode.ForManagers, channel));
            for (var i = 0; i < 3; i++)
                held.Add(await ConnectAsync(server));
            Assert.All(held, socket => Assert.False(IsClosed(socket, TimeSpan.FromMilliseconds(100))));

            using var tooMany = await ConnectAsync(server);
            Assert.True(IsClosed(tooMany, TimeSpan.FromSeconds(5)));
            Assert.Equal("m2", await TestNode.CallAsync(TestNode.ForManagers, channels[0]));

            held[0].Dispose();
            await Eventually.HoldsAsync("room for a node that comes", TimeSpan.FromSeconds(10),
                () => TryCallAsync(server), answer => answer == "m3");
        }
        finally
        {
            held.ForEach(socket => socket.Dispose());
            channels.ForEach(channel => channel.Dispose());
        }
    }

    private async Task<string> TryCallAsync(TestNode server)
    {
        try
        {
            return await server.CallAsync(TestNode.ForManagers, As(Node("m3", NodeRole.Manager)));
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.Unavailable)
        {
            return "";
        }
    }

    private static async Task<Socket> ConnectAsync(TestNode server)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(server.Address);
        return socket;
    }

    /// <summary>Nothing is sent to somebody who says nothing, so that there is something to read when it is over.</summary>
    private static bool IsClosed(Socket socket, TimeSpan patience) => socket.Poll(patience, SelectMode.SelectRead);
}
