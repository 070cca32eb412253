using System.Globalization;
using Orchestrator.Manager.Orchestration;
using Orchestrator.Model;
using Orchestrator.Store;
using Orchestrator.Store.Host;
using Orchestrator.Store.Tables;
using Orchestrator.Store.Transactions;
using Orchestrator.Testing;

namespace Orchestrator.Manager.Tests;

/// <summary>A state to plan on: objects in a store of one, a clock that is moved by hand, ids that count up.</summary>
internal sealed class World
{
    private TaskTimes times = TaskTimes.None;
    private int ids;

    public World()
    {
        var state = new StoreState();
        Log = new SoloLog(state);
        Door = new DoorLog(Log);
        Store = new ObjectStore(state, Door, Time);
    }

    /// <summary>Holds back what is in order already.</summary>
    public SoloLog Log { get; }

    /// <summary>Holds back what has looked at the state and is not in order yet.</summary>
    public DoorLog Door { get; }

    public ManualTime Time { get; } = new();

    public ObjectStore Store { get; }

    public StoreRoot Root => Store.View();

    public DateTimeOffset Now => Time.GetUtcNow();

    public static Node Node(string id, NodeState state = NodeState.Ready) => new()
    {
        Id = new NodeId(id),
        Description = new NodeDescription { Hostname = id, Resources = new Resources(4_000_000_000, 8L << 30) },
        Status = new NodeStatus { State = state, Address = "192.0.2.1" },
    };

    public static Service Service(string name, ulong replicas) => new()
    {
        Id = new ServiceId(name),
        Spec = new ServiceSpec
        {
            Annotations = Annotations.Named(name),
            Mode = new ServiceMode.Replicated(replicas),
            Task = new TaskSpec { Container = new ContainerSpec { Image = "web:1" } },
        },
    };

    public static OrchTask Task(string id, string service, ulong slot, TaskState state, string node = "") => new()
    {
        Id = new TaskId(id),
        ServiceId = new ServiceId(service),
        ServiceAnnotations = Annotations.Named(service),
        Slot = slot,
        NodeId = new NodeId(node),
        Spec = new TaskSpec { Container = new ContainerSpec { Image = "web:1" } },
        Status = new Model.TaskStatus { State = state },
    };

    public void Do(Action<Transaction> change) => Store.UpdateAsync(change, default).GetAwaiter().GetResult();

    public void Add(params Node[] nodes) => Do(tx => Array.ForEach(nodes, n => tx.Nodes.Create(n)));

    public void Add(params Service[] services) => Do(tx => Array.ForEach(services, s => tx.Services.Create(s)));

    public void Add(params OrchTask[] tasks) => Do(tx => Array.ForEach(tasks, t => tx.Tasks.Create(t)));

    public void Add(params Network[] networks) => Do(tx => Array.ForEach(networks, n => tx.Networks.Create(n)));

    public void Change(Node node) => Do(tx => tx.Nodes.Update(node));

    public Node NodeNow(string id) => Root.Nodes.Get(id)!;

    public void Respec(string service, Func<ServiceSpec, ServiceSpec> change) => Do(tx =>
    {
        var current = tx.Services.Get(service)!;
        tx.Services.Update(current with
        {
            Spec = change(current.Spec), PreviousSpec = current.Spec, SpecVersion = current.Meta.Version, UpdateStatus = null,
        });
    });

    /// <summary>One pass of the orchestrator over every service, committed.</summary>
    /// <returns>When it wants to look again.</returns>
    public DateTimeOffset? Orchestrate()
    {
        times = times.Observe([.. Root.Tasks.All], Now);
        var cluster = new ClusterView(Root.Nodes, times, Now, new OrchestratorOptions());
        DateTimeOffset? wake = null;
        foreach (var service in Root.Services.All)
        {
            var plan = ServicePlanner.Plan(service, Root.Tasks.Find(Indexes.TaskService, service.Id.Value), cluster, NewId);
            Commit(plan);
            wake = plan.Wake ?? wake;
        }

        return wake;
    }

    /// <summary>
    /// Every task that is to run, or to be ready, on <paramref name="node"/> in that state; those to stop have stopped.
    /// </summary>
    public void Obey(string node = "n1") => Do(tx =>
    {
        foreach (var task in tx.Tasks.All().Where(t => !t.Status.State.IsTerminal()).ToList())
        {
            var state = task.DesiredState > TaskState.Running ? TaskState.Shutdown : task.DesiredState;
            tx.Tasks.Update(task with
            {
                NodeId = task.NodeId.Value.Length > 0 ? task.NodeId : new NodeId(node),
                Status = task.Status with { State = state, Timestamp = Now },
            });
        }
    });

    public void Report(OrchTask task, TaskState state) => Do(tx =>
        tx.Tasks.Update(tx.Tasks.Get(task.Id.Value)! with
        {
            Status = new Model.TaskStatus { State = state, Timestamp = Now },
        }));

    /// <summary>Tasks that are to run or be ready, by slot.</summary>
    public List<OrchTask> Live() =>
        [.. Root.Tasks.All.Where(t => t.DesiredState <= TaskState.Running).OrderBy(t => t.Slot).ThenBy(t => t.Id)];

    private TaskId NewId() => new($"t{(++ids).ToString("D4", CultureInfo.InvariantCulture)}");

    private void Commit(ServicePlan plan) => Do(tx =>
    {
        foreach (var task in plan.Changed)
            tx.Tasks.Update(task);
        foreach (var task in plan.Created)
            tx.Tasks.Create(task);
        if (plan.Service is { } service)
            tx.Services.Update(service);
    });
}
