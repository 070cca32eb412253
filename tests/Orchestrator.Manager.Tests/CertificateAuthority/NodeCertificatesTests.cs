using Grpc.Core;
using Orchestrator.Model;
using Orchestrator.Security;
using Orchestrator.Store;
using Orchestrator.Store.Host;

namespace Orchestrator.Manager.Tests.CertificateAuthority;

public sealed class NodeCertificatesTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;
    private static readonly ClusterId ClusterId = new("c1");

    private readonly RootAuthority root = RootAuthority.Create(Now);
    private readonly StoreState state = new();
    private readonly List<CaNode> nodes = [];
    private ObjectStore store = null!; // Set before every test by InitializeAsync.

    public async Task InitializeAsync()
    {
        store = new ObjectStore(state, new SoloLog(state), TimeProvider.System);
        await store.UpdateAsync(
            tx => tx.Clusters.Create(new Cluster
            {
                Id = ClusterId,
                RootCa = new RootCa
                {
                    Certificate = root.CertificatePem,
                    Key = root.KeyPem,
                    WorkerToken = JoinToken.Create(root.Certificate).ToString(),
                    ManagerToken = JoinToken.Create(root.Certificate).ToString(),
                },
            }),
            CancellationToken.None);
    }

    public async Task DisposeAsync()
    {
        foreach (var node in nodes)
            await node.DisposeAsync();
        root.Dispose();
    }

    private Cluster Cluster => store.View().Clusters.All.Single();

    private IdentitySource Identity(string id, NodeRole role) => new(NodeIdentity.CreateFirst(
        root, new PeerIdentity(new NodeId(id), role, ClusterId), TimeSpan.FromDays(90), Now));

    private async Task<CaNode> LeaderAsync()
    {
        var node = await CaNode.StartAsync(Identity("m1", NodeRole.Manager), store);
        nodes.Add(node);
        return node;
    }

    /// <summary>A second manager, with the same state, that passes on what the leader must do.</summary>
    private async Task<CaNode> FollowerOfAsync(CaNode leader)
    {
        var log = new FollowerLog(new LogMember(1, "m1", leader.Address, IsVoter: true));
        var node = await CaNode.StartAsync(
            Identity("m2", NodeRole.Manager), new ObjectStore(state, log, TimeProvider.System));
        nodes.Add(node);
        return node;
    }

    private static Task<NodeIdentity> JoinAsync(CaNode manager, string token) =>
        manager.Join().JoinAsync(JoinToken.Parse(token), CancellationToken.None);

    [Theory]
    [InlineData(NodeRole.Worker)]
    [InlineData(NodeRole.Manager)]
    public async Task A_token_makes_a_node_in_its_role(NodeRole role)
    {
        var leader = await LeaderAsync();
        var ca = Cluster.RootCa;

        using var identity = await JoinAsync(leader, role == NodeRole.Manager ? ca.ManagerToken : ca.WorkerToken);

        Assert.Equal((role, ClusterId), (identity.Role, identity.Cluster));
        var node = store.View().Nodes.Get(identity.Id.Value)!;
        Assert.Equal((role, role), (node.Role, node.Spec.DesiredRole));
        Assert.Equal(CertificateState.Issued, node.Certificate.State);
    }

    [Fact]
    public async Task A_follower_has_the_leader_do_it()
    {
        var follower = await FollowerOfAsync(await LeaderAsync());

        using var identity = await JoinAsync(follower, Cluster.RootCa.WorkerToken);

        Assert.NotNull(store.View().Nodes.Get(identity.Id.Value));
    }

    [Fact]
    public async Task A_rotated_token_makes_no_node_and_names_where_the_present_one_is()
    {
        var leader = await LeaderAsync();
        var old = Cluster.RootCa.WorkerToken;
        await store.UpdateAsync(
            tx =>
            {
                var cluster = tx.Clusters.All().Single();
                tx.Clusters.Update(cluster with
                {
                    RootCa = cluster.RootCa with { WorkerToken = JoinToken.Create(root.Certificate).ToString() },
                });
            },
            CancellationToken.None);

        var refusal = await Assert.ThrowsAsync<UserException>(() => JoinAsync(leader, old));

        Assert.StartsWith("A valid join token is necessary to join this cluster", refusal.What, StringComparison.Ordinal);
        Assert.Contains("orch swarm join-token", refusal.Remedy, StringComparison.Ordinal);
        Assert.Empty(store.View().Nodes.All);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_renewal_carries_the_role_the_node_has_by_now(bool atFollower)
    {
        var manager = await LeaderAsync();
        var identity = new IdentitySource(await JoinAsync(manager, Cluster.RootCa.WorkerToken));
        await store.UpdateAsync(
            tx => tx.Nodes.Update(tx.Nodes.Get(identity.Current.Id.Value)! with { Role = NodeRole.Manager }),
            CancellationToken.None);
        if (atFollower)
            manager = await FollowerOfAsync(manager);

        using var renewed = await manager.Join().RenewAsync(identity, CancellationToken.None);

        Assert.Equal((identity.Current.Id, NodeRole.Manager), (renewed.Id, renewed.Role));
    }

    [Fact]
    public async Task A_removed_node_is_not_renewed()
    {
        var leader = await LeaderAsync();
        var identity = new IdentitySource(await JoinAsync(leader, Cluster.RootCa.WorkerToken));
        await store.UpdateAsync(tx => tx.Nodes.Delete(identity.Current.Id.Value), CancellationToken.None);

        var refusal = await Assert.ThrowsAsync<UserException>(
            () => leader.Join().RenewAsync(identity, CancellationToken.None));

        Assert.Contains("orch swarm join", refusal.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_blacklisted_node_is_not_renewed()
    {
        var leader = await LeaderAsync();
        var identity = new IdentitySource(await JoinAsync(leader, Cluster.RootCa.WorkerToken));
        await store.UpdateAsync(
            tx =>
            {
                var cluster = tx.Clusters.All().Single();
                tx.Clusters.Update(cluster with
                {
                    BlacklistedCertificates = cluster.BlacklistedCertificates.Add(identity.Current.Id.Value, Now.AddDays(97)),
                });
            },
            CancellationToken.None);

        var refusal = await Assert.ThrowsAsync<UserException>(
            () => leader.Join().RenewAsync(identity, CancellationToken.None));

        Assert.Equal(ErrorCode.PermissionDenied, refusal.Code);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_stranger_without_token_gets_nothing_not_even_through_a_follower(bool atFollower)
    {
        var manager = await LeaderAsync();
        if (atFollower)
            manager = await FollowerOfAsync(manager);
        using var key = new NodeKey();
        using var handler = ClusterHandlers.Insecure();
        using var client = new CaClient(manager.Address, handler);

        var refusal = await Assert.ThrowsAsync<UserException>(
            () => client.RequestAsync(key.CreateRequestPem(), token: null, CancellationToken.None));

        Assert.Equal(StatusCode.Unauthenticated, Assert.IsType<RpcException>(refusal.InnerException).StatusCode);
    }

    [Fact]
    public async Task A_damaged_request_makes_no_node()
    {
        var leader = await LeaderAsync();
        using var handler = ClusterHandlers.Insecure();
        using var client = new CaClient(leader.Address, handler);

        var refusal = await Assert.ThrowsAsync<UserException>(
            () => client.RequestAsync("no request", Cluster.RootCa.WorkerToken, CancellationToken.None));

        Assert.Equal(ErrorCode.InvalidArgument, refusal.Code);
        Assert.Empty(store.View().Nodes.All);
    }

    [Fact]
    public async Task A_pending_certificate_is_waited_for()
    {
        var leader = await LeaderAsync();
        var pending = new Node { Id = new NodeId("n9"), Certificate = new() { State = CertificateState.Pending } };
        await store.UpdateAsync(tx => tx.Nodes.Create(pending), CancellationToken.None);
        using var handler = ClusterHandlers.Insecure();
        using var client = new CaClient(leader.Address, handler);
        var waiting = client.WaitAsync(pending.Id, CancellationToken.None);

        await store.UpdateAsync(
            tx => tx.Nodes.Update(tx.Nodes.Get("n9")! with
            {
                Certificate = new() { State = CertificateState.Failed, Error = "no" },
            }),
            CancellationToken.None);

        Assert.Equal("no", (await waiting.WaitAsync(TimeSpan.FromSeconds(20))).Error);
    }
}
