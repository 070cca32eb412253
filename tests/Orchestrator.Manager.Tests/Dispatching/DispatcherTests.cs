using Grpc.Core;
using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Manager.Dispatching;
using Orchestrator.Model;
using Orchestrator.Store.Transactions;
using Orchestrator.Store.Watching;
using Orchestrator.Testing;
using P = Orchestrator.Protocol.V1;

namespace Orchestrator.Manager.Tests.Dispatching;

/// <summary>What becomes of a node in whatever order its session, its silence and their writes come.</summary>
public sealed class DispatcherTests : IAsyncDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(2), Silence = Period * 3,
        Tick = TimeSpan.FromMilliseconds(1);

    /// <summary>Ends a wait only so that a broken build fails instead of hanging.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly World world = new();
    private readonly ManagerMetrics metrics = new();
    private readonly CancellationTokenSource stop = new();
    private readonly Dispatcher dispatcher;
    private readonly StoreWatcher watcher;
    private readonly List<Node> history = [];
    private Task running = Task.CompletedTask;

    public DispatcherTests()
    {
        world.Do(tx => tx.Clusters.Create(
            new Cluster { Id = new ClusterId("c"), Spec = new ClusterSpec { DispatcherHeartbeat = Period } }));
        world.Add(World.Node("other"), World.Node("third"));
        dispatcher = new Dispatcher(
            world.Store, new DispatcherOptions { MissedHeartbeats = 3, AssignmentInterval = TimeSpan.Zero }, metrics,
            world.Time, new Random(1), NullLogger<Dispatcher>.Instance);
        watcher = world.Store.ViewAndWatch().Watcher;
    }

    [Fact]
    public async Task A_node_is_told_of_a_key_though_nothing_else_changes()
    {
        var network = new NetworkId("net");
        world.Add(World.Node("n"));
        world.Add(new Network
        {
            Id = network, Spec = new NetworkSpec { Annotations = Annotations.Named("net") },
            Allocation = new NetworkAllocation(4097, [new IpamPool("10.0.2.0/24")], NetworkEncryption.Esp),
        });
        world.Add(World.Task("a", "s", 1, TaskState.Running, "n") with { Networks = [new TaskNetwork(network, ["10.0.2.2/24"], [])] });
        await LeadAsync();
        var session = await RegisterAsync("n");
        var stream = new Scenarios.TestStream<P.AssignmentsMessage>();
        var writing = dispatcher.WriteAssignmentsAsync(session, stream, stop.Token);

        foreach (var numbers in new int[][] { [1], [1, 2] })
        {
            world.Do(tx => tx.Clusters.Update(tx.Clusters.Get("c")! with
            {
                NetworkKeys = [.. numbers.Select(n => new NetworkKey(n, $"secret{n}", DateTimeOffset.UnixEpoch, n == 1))],
            }));
            using var patience = new CancellationTokenSource(Patience);
            while (!(await stream.Messages.ReadAsync(patience.Token)).Changes.Any(
                change => change.Network?.Keys.Select(k => (int)k.Number).SequenceEqual(numbers) == true)) ;
        }

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing);
    }

    [Fact]
    public async Task A_new_leader_waits_twice_as_long_for_nodes_of_before_as_for_those_that_have_come_to_it()
    {
        world.Add(World.Node("before"), World.Node("came"));
        await LeadAsync();
        await RegisterAsync("came");

        await PassAsync(Silence - Tick);
        await SettledAsync();
        Assert.Equal(NodeState.Ready, StateOf("came"));

        await PassAsync(Tick);
        await UntilAsync("came", NodeState.Down);
        await PassAsync(Silence - Tick);
        await SettledAsync();
        Assert.Equal(NodeState.Ready, StateOf("before"));

        await PassAsync(Tick);
        await UntilAsync("before", NodeState.Down);
    }

    [Fact]
    public async Task A_node_that_registers_while_its_loss_is_being_written_ends_ready()
    {
        world.Add(World.Node("n"));
        await LeadAsync();
        await RegisterAsync("n");
        world.Door.Shut();
        await PassAsync(Silence);
        await UntilAsync("the loss is at the door", () => world.Door.WaitingCount == 1);

        var registering = RegisterAsync("n");
        world.Door.Open();
        var session = await registering;

        await SettledAsync();
        Assert.Equal(NodeState.Ready, StateOf("n"));
        dispatcher.Heartbeat(session.Node, session.Id);
    }

    [Fact]
    public async Task What_a_node_says_at_a_heartbeat_that_it_is_now_is_stored_and_its_session_goes_on()
    {
        world.Add(World.Node("n"));
        await LeadAsync();
        var session = await RegisterAsync("n");
        var before = world.Root.Nodes.Get("n")!;

        dispatcher.Heartbeat(session.Node, session.Id, before.Description! with { Routes = ["10.0.9.0/24"] });

        await UntilAsync("it is stored", () => world.Root.Nodes.Get("n")!.Description!.Routes is ["10.0.9.0/24"]);
        Assert.Equal(before.Status, world.Root.Nodes.Get("n")!.Status);
        Assert.False(session.Ended.IsCancellationRequested);
    }

    [Fact]
    public async Task A_node_that_registers_before_its_loss_is_written_is_never_down()
    {
        world.Add(World.Node("n"));
        await LeadAsync();
        var lost = await RegisterAsync("n");
        await PassAsync(Silence - Tick);
        world.Door.Shut();
        var other = RegisterAsync("other", "192.0.2.9");
        await UntilAsync("another is at the door", () => world.Door.WaitingCount == 1);
        await PassAsync(Tick);
        await UntilAsync("the session is over", () => lost.Ended.IsCancellationRequested);

        var registering = RegisterAsync("n");
        world.Door.Open();
        await other;
        await registering;

        await SettledAsync();
        Assert.DoesNotContain(NodeState.Down, StatesOf("n"));
        Assert.Equal(NodeState.Ready, StateOf("n"));
    }

    [Fact]
    public async Task A_node_whose_time_runs_out_while_its_registration_is_being_written_is_never_down()
    {
        world.Add(World.Node("n"));
        await LeadAsync();
        await RegisterAsync("n");
        await PassAsync(Silence - Tick);
        world.Log.Hold();
        var registering = RegisterAsync("n", "192.0.2.9");
        await UntilAsync("the registration is in order", () => world.Log.HeldCount == 1);

        await PassAsync(Period);
        world.Log.Release();
        var session = await registering;

        await SettledAsync();
        Assert.DoesNotContain(NodeState.Down, StatesOf("n"));
        Assert.Equal("192.0.2.9", world.NodeNow("n").Status.Address);
        dispatcher.Heartbeat(session.Node, session.Id);
    }

    [Fact]
    public async Task A_registration_that_takes_longer_than_its_session_lasts_leaves_the_node_down()
    {
        world.Add(World.Node("n", NodeState.Down));
        await LeadAsync();
        world.Log.Hold();
        var registering = RegisterAsync("n");
        await UntilAsync("the registration is in order", () => world.Log.HeldCount == 1);

        await PassAsync(Silence);
        world.Log.Release();
        var session = await registering;

        Assert.True(session.Ended.IsCancellationRequested);
        await SettledAsync();
        Assert.Equal([NodeState.Down, NodeState.Ready, NodeState.Down], StatesOf("n"));
    }

    [Fact]
    public async Task A_node_that_is_lost_before_its_registration_is_written_is_never_ready()
    {
        world.Add(World.Node("n", NodeState.Down));
        await LeadAsync();
        world.Door.Shut();
        var other = RegisterAsync("other", "192.0.2.9");
        await UntilAsync("another is at the door", () => world.Door.WaitingCount == 1);
        var registering = RegisterAsync("n", "192.0.2.9");

        await PassAsync(Silence);
        world.Door.Open();
        await other;
        var session = await registering;

        Assert.True(session.Ended.IsCancellationRequested);
        await SettledAsync();
        Assert.DoesNotContain(NodeState.Ready, StatesOf("n"));
        Assert.Equal("192.0.2.9", world.NodeNow("n").Status.Address);
    }

    [Fact]
    public async Task A_node_that_waits_no_longer_for_its_registration_is_missed_in_time()
    {
        world.Add(World.Node("n", NodeState.Down));
        await LeadAsync();
        world.Log.Hold();
        using var call = new CancellationTokenSource();
        var registering = dispatcher.RegisterAsync(new NodeId("n"), null, "192.0.2.1", "", call.Token);
        await UntilAsync("the registration is in order", () => world.Log.HeldCount == 1);

        await call.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => registering);
        world.Log.Release();
        await UntilAsync("n", NodeState.Ready);

        await PassAsync(Silence);
        await UntilAsync("n", NodeState.Down);
    }

    [Fact]
    public async Task A_heartbeat_of_a_node_that_is_down_makes_it_ready()
    {
        world.Add(World.Node("n"));
        await LeadAsync();
        var session = await RegisterAsync("n");
        Put("n", NodeState.Down);

        dispatcher.Heartbeat(session.Node, session.Id);

        await UntilAsync("n", NodeState.Ready);
    }

    [Fact]
    public async Task A_heartbeat_of_a_node_that_is_lost_before_it_is_written_makes_nothing_ready()
    {
        world.Add(World.Node("n"));
        await LeadAsync();
        var session = await RegisterAsync("n");
        Put("n", NodeState.Down);
        world.Door.Shut();
        var other = RegisterAsync("other", "192.0.2.9");
        await UntilAsync("another is at the door", () => world.Door.WaitingCount == 1);
        dispatcher.Heartbeat(session.Node, session.Id);

        await PassAsync(Silence);
        world.Door.Open();
        await other;

        await SettledAsync();
        Assert.Equal([NodeState.Ready, NodeState.Down], StatesOf("n"));
    }

    [Fact]
    public async Task Heartbeats_and_registrations_of_a_node_that_is_ready_write_nothing()
    {
        world.Add(World.Node("n"));
        await LeadAsync();
        var index = world.Root.Index;

        for (var times = 0; times < 3; times++)
        {
            var session = await RegisterAsync("n");
            dispatcher.Heartbeat(session.Node, session.Id);
            await PassAsync(Period);
        }

        await SettledAsync();
        Assert.Equal(index, world.Root.Index);
    }

    [Fact]
    public async Task A_node_that_is_ready_without_a_session_is_missed_in_time()
    {
        world.Add(World.Node("n", NodeState.Down));
        await LeadAsync();
        Put("n", NodeState.Ready);

        await PassAsync(Period + Silence - Tick);
        await SettledAsync();
        Assert.Equal(NodeState.Ready, StateOf("n"));

        await PassAsync(Tick);
        await UntilAsync("n", NodeState.Down);
    }

    [Fact]
    public async Task A_registration_that_cannot_be_stored_fails_alone()
    {
        world.Add(World.Node("n", NodeState.Down), World.Node("large"));
        await LeadAsync();
        world.Door.Shut();
        var other = RegisterAsync("other", "192.0.2.9");
        await UntilAsync("another is at the door", () => world.Door.WaitingCount == 1);
        var registering = RegisterAsync("n");
        var large = dispatcher.RegisterAsync(
            new NodeId("large"), new NodeDescription { Hostname = new string('x', 2_000_000) }, "192.0.2.1", "", default);

        world.Door.Open();
        await other;
        await registering;

        await Assert.ThrowsAsync<TooLargeException>(() => large);
        Assert.Equal(NodeState.Ready, StateOf("n"));
    }

    [Fact]
    public async Task A_node_of_another_cluster_is_told_so()
    {
        await LeadAsync();

        var refusal = await Assert.ThrowsAsync<RpcException>(() => RegisterAsync("stranger"));

        Assert.Equal(StatusCode.NotFound, refusal.StatusCode);
    }

    [Fact]
    public async Task A_leader_that_stood_still_gives_every_node_all_its_time_again()
    {
        world.Add(World.Node("alive"), World.Node("dead"), World.Node("before"));
        await LeadAsync();
        var session = await RegisterAsync("alive");
        await RegisterAsync("dead");
        await PassAsync(Period);

        await PassAsync(Silence * 4, standing: true);
        await SettledAsync();
        Assert.Equal([NodeState.Ready], StatesOf("alive").Concat(StatesOf("dead")).Concat(StatesOf("before")).Distinct());

        dispatcher.Heartbeat(session.Node, session.Id);
        await PassAsync(Silence - Tick);
        await SettledAsync();
        Assert.Equal(NodeState.Ready, StateOf("dead"));

        dispatcher.Heartbeat(session.Node, session.Id);
        await PassAsync(Tick);
        await UntilAsync("dead", NodeState.Down);
        await UntilAsync("before", NodeState.Down);
        Assert.Equal(NodeState.Ready, StateOf("alive"));
    }

    [Fact]
    public async Task A_leader_that_stood_still_before_it_waited_for_its_first_look_gives_every_node_all_its_time_again()
    {
        world.Add(World.Node("before"));
        var leading = LeadAsync();
        world.Time.Stall(Silence * 4);
        await leading;

        await PassAsync(Period);
        await SettledAsync();
        Assert.Equal(NodeState.Ready, StateOf("before"));

        await PassAsync(Silence);
        await UntilAsync("before", NodeState.Down);
    }

    [Fact]
    public async Task A_leader_that_is_a_little_late_gives_nobody_more_time()
    {
        world.Add(World.Node("dead"));
        await LeadAsync();
        await RegisterAsync("dead");

        await PassAsync((Period * 2) - Tick, standing: true);
        await PassAsync(Silence - (Period * 2) + Tick);

        await UntilAsync("dead", NodeState.Down);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task What_is_done_to_the_calendar_makes_no_node_late_and_none_early(int hours)
    {
        world.Add(World.Node("n"));
        await LeadAsync();
        await RegisterAsync("n");

        world.Time.Correct(TimeSpan.FromHours(hours));
        await PassAsync(Silence - Tick);
        await SettledAsync();
        Assert.Equal(NodeState.Ready, StateOf("n"));

        await PassAsync(Tick);
        await UntilAsync("n", NodeState.Down);
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        dispatcher.Dispose();
        metrics.Dispose();
        stop.Dispose();
    }

    /// <summary>Runs the dispatcher and waits until it waits for the time of its next look.</summary>
    private Task LeadAsync()
    {
        running = dispatcher.RunAsync(stop.Token);
        return UntilAsync("the dispatcher waits", () => world.Time.TimerCount == 1);
    }

    /// <summary>On a thread without a context of its own, so that the dispatcher looks within it each time it is due.</summary>
    /// <param name="standing">It is due only when all of it has passed.</param>
    private Task PassAsync(TimeSpan by, bool standing = false) =>
        Task.Run(() => (standing ? world.Time.Stall : (Action<TimeSpan>)world.Time.Advance)(by));

    private Task<NodeSession> RegisterAsync(string node, string address = "192.0.2.1") =>
        dispatcher.RegisterAsync(new NodeId(node), null, address, "", default);

    /// <summary>Returns once all that was to be written of nodes before is.</summary>
    private async Task SettledAsync()
    {
        await RegisterAsync("third");
        await UntilAsync("nothing is under way", () => world.Door.WaitingCount + world.Log.HeldCount == 0);
    }

    /// <summary>As a write would that knows nothing of sessions.</summary>
    private void Put(string node, NodeState state) =>
        world.Change(world.NodeNow(node) with { Status = world.NodeNow(node).Status with { State = state } });

    private NodeState StateOf(string node) => world.NodeNow(node).Status.State;

    /// <summary>All it has been in, from the first.</summary>
    private List<NodeState> StatesOf(string node)
    {
        while (watcher.TryNext(out var record))
            history.AddRange(record.Changes.Select(change => change.New).OfType<Node>());
        return [.. history.Where(n => n.Id.Value == node).Select(n => n.Status.State)];
    }

    private static Task UntilAsync(string what, Func<bool> holds) =>
        Eventually.HoldsAsync(what, Patience, () => Task.FromResult(holds()));

    private Task UntilAsync(string node, NodeState state) => UntilAsync($"{node} is {state}", () => StateOf(node) == state);
}
