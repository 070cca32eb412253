using Grpc.Core;
using Orchestrator.Model;
using Orchestrator.Protocol.Mapping;
using Orchestrator.Store;
using Orchestrator.Store.Host;
using Orchestrator.Store.Tables;
using Orchestrator.Testing;
using P = Orchestrator.Protocol.V1;

namespace Orchestrator.Manager.Tests.Scenarios;

/// <summary>
/// A manager on a log of one member, in memory, with agents that only pretend; in real time, but for the time in which
/// the machine keeps all of them waiting.
/// </summary>
internal sealed class MiniCluster : IAsyncDisposable
{
    /// <summary>For tests that wait until a dead node is missed.</summary>
    public static readonly TimeSpan ShortHeartbeat = TimeSpan.FromMilliseconds(500);

    /// <summary>Ends a wait only so that a broken build fails instead of hanging.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly CancellationTokenSource stop = new();
    private readonly PacedTime time = new();
    private readonly Dictionary<string, FakeAgent> agents = [];
    private readonly FaultLog faults = new();
    private readonly Task running;

    private MiniCluster()
    {
        var state = new StoreState();
        Log = new SoloLog(state);
        Refusing = new RefusingLog(Log);
        Store = new ObjectStore(state, Refusing, time);
        Manager = new ClusterManager(
            new ManagerOptions
            {
                Control = new() { LeaderWait = TimeSpan.FromSeconds(1) },
                Roles = new() { Interval = TimeSpan.FromMilliseconds(50) },
            },
            Store, Membership, new Callers(), new NoChannels(), time, new Random(1), faults);
        running = Manager.RunAsync(stop.Token);
    }

    public SoloLog Log { get; }

    public RefusingLog Refusing { get; }

    public FakeMembership Membership { get; } = new();

    public ObjectStore Store { get; }

    public ClusterManager Manager { get; }

    public IReadOnlyDictionary<string, FakeAgent> Agents => agents;

    public static Task<MiniCluster> StartAsync(params string[] nodes) =>
        StartAsync(new ClusterSpec().DispatcherHeartbeat, nodes);

    public static async Task<MiniCluster> StartAsync(TimeSpan heartbeat, params string[] nodes)
    {
        var cluster = new MiniCluster();
        await ClusterFounding.FoundAsync(
            cluster.Store,
            new Cluster
            {
                Id = new ClusterId("cluster"),
                Spec = new ClusterSpec { DispatcherHeartbeat = heartbeat },
                RootCa = new RootCa
                {
                    WorkerToken = "SWMTKN-1-digest-worker", ManagerToken = "SWMTKN-1-digest-manager",
                },
            },
            new Node
            {
                Id = new NodeId(SoloLog.Self.NodeId),
                Spec = new NodeSpec { DesiredRole = NodeRole.Manager, Availability = NodeAvailability.Drain },
                Role = NodeRole.Manager,
            },
            CancellationToken.None);
        foreach (var node in nodes)
            await cluster.JoinAsync(node);
        await cluster.UntilAsync(root => nodes.All(n => root.Nodes.Get(n)?.Status.State == NodeState.Ready), "all nodes are ready");
        return cluster;
    }

    public ServerCallContext Call(string node = "solo") => new TestCallContext(node, CancellationToken.None);

    public async Task JoinAsync(string node)
    {
        await Store.UpdateAsync(tx => tx.Nodes.Create(new Node { Id = new NodeId(node) }), CancellationToken.None);
        StartAgent(node);
    }

    public void StartAgent(string node)
    {
        agents[node] = new FakeAgent(Manager, node);
        agents[node].Start();
    }

    public static ServiceSpec Spec(string name, ulong replicas, string image = "web:1") => new()
    {
        Annotations = Annotations.Named(name),
        Mode = new ServiceMode.Replicated(replicas),
        Task = new TaskSpec
        {
            Container = new ContainerSpec { Image = image },
            Restart = new RestartPolicy { Delay = TimeSpan.FromMilliseconds(50) },
        },
    };

    public async Task<P.Service> CreateAsync(ServiceSpec spec) =>
        (await Manager.Control.CreateService(new P.CreateServiceRequest { Spec = spec.ToProto() }, Call())).Service;

    public async Task<P.Service> UpdateAsync(string name, Func<ServiceSpec, ServiceSpec> change)
    {
        var service = await GetAsync(name);
        var request = new P.UpdateServiceRequest
        {
            Id = service.Id, Version = service.Meta.Version, Spec = change(service.Spec.ToModel()).ToProto(),
        };
        return (await Manager.Control.UpdateService(request, Call())).Service;
    }

    public async Task<P.Service> GetAsync(string name) =>
        (await Manager.Control.GetService(new P.GetServiceRequest { Reference = name }, Call())).Service;

    /// <summary>Running tasks that are to run, of one service.</summary>
    public static List<OrchTask> Running(StoreRoot root, string service) =>
        [.. root.Tasks.All.Where(t => t.ServiceAnnotations.Name == service
            && t.DesiredState == TaskState.Running && t.Status.State == TaskState.Running)];

    /// <summary>Waits until the state is as <paramref name="said"/>; fails the test when it never is.</summary>
    public async Task<StoreRoot> UntilAsync(Func<StoreRoot, bool> condition, string said)
    {
        var (root, watcher) = Store.ViewAndWatch();
        using var late = new CancellationTokenSource(Patience);
        while (!condition(root))
        {
            try
            {
                await watcher.NextAsync(late.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail($"never so: {said}\n{Describe(root)}");
            }

            root = Store.View();
        }

        return root;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var agent in agents.Values)
            await agent.DisposeAsync();
        await stop.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Manager.Dispose();
        await time.DisposeAsync();
        stop.Dispose();
        faults.Dispose();
    }

    private string Describe(StoreRoot root) => string.Join(
        '\n',
        agents.Values.Where(a => a.LastFault is not null).Select(a => $"agent {a.Node}: {a.LastFault}")
            .Concat(faults.Faults)
            .Concat(root.Nodes.All.Select(n => $"{n.Id} {n.Status.State} {n.Spec.Availability}"))
            .Concat(root.Tasks.All.Select(
                t => $"{t.ServiceAnnotations.Name}.{t.Slot} {t.Id} on {t.NodeId}: {t.Status.State} (wanted {t.DesiredState}) {t.Status.Error}")));

    private sealed class Callers : ICallers
    {
        public Caller Of(ServerCallContext context)
        {
            var node = ((TestCallContext)context).Node;
            return new Caller(new NodeId(node), node == SoloLog.Self.NodeId ? NodeRole.Manager : NodeRole.Worker);
        }
    }

    private sealed class NoChannels : ILeaderChannels
    {
        public CallInvoker Get(string address) => throw new RpcException(new Status(StatusCode.Unavailable, address));
    }
}
