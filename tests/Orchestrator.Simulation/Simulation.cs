using Orchestrator.Raft;

namespace Orchestrator.Simulation;

/// <summary>
/// A cluster under random faults in virtual time, all of it from one seed: net, disks, faults, clients and each node draw from
/// streams of their own, so that leaving out one kind of fault does not reshuffle the others.
/// </summary>
internal sealed partial class Simulation : ISimWorld
{
    private readonly SimOptions options;
    private readonly PriorityQueue<Action, (long Time, long Order)> queue = new();
    private readonly Dictionary<ulong, SimNode> nodes = [];
    private readonly SortedSet<ulong> paused = [];
    private readonly RaftRandom net;
    private readonly RaftRandom disk;
    private readonly RaftRandom chaos;
    private readonly RaftRandom clients;
    private readonly RaftRandom seeds;
    private readonly List<Message> past = [];
    private readonly Dictionary<ulong, ulong> openReads = []; // By ticket: the index that the answer must not be below.
    private readonly Dictionary<(ulong Node, ulong Term, ulong Index), bool> openWrites = [];
    private Func<ulong, ulong, bool> cut = static (_, _) => false;
    private bool calm;
    private long order;
    private ulong acknowledged;
    private ulong lastTicket;
    private ulong lastId;

    public Simulation(ulong seed, SimOptions options)
    {
        this.options = options;
        var root = new RaftRandom(seed);
        (net, disk, chaos, clients, seeds) =
            (new(root.Next()), new(root.Next()), new(root.Next()), new(root.Next()), new(root.Next()));
        Checker = new Checker(id => nodes.GetValueOrDefault(id));
        Boot();
    }

    public Checker Checker { get; }

    public long Now { get; private set; }

    /// <summary>A hash of everything that happened: two runs of one seed must agree on it.</summary>
    public ulong Trace { get; private set; } = 1;

    public int Steps { get; private set; }

    public int AcknowledgedWrites { get; private set; }

    public int AnsweredReads { get; private set; }

    /// <summary>Runs with faults, then heals everything and requires that the cluster recovers.</summary>
    public void Run()
    {
        Every(options.CrashEveryMs, CrashOne);
        Every(options.PartitionEveryMs, CutSome);
        Every(options.PauseEveryMs, PauseOne);
        Every(options.TransferEveryMs, TransferSome);
        Every(options.ChurnEveryMs, ChangeMembership);
        Every(options.WriteEveryMs, Write);
        Every(options.ReadEveryMs, Read);
        RunUntil(() => Steps >= options.Steps);
        RequireRecovery();
    }

    public void Send(Message message)
    {
        if (net.Below(1000) < options.DropPerMille && !calm)
            return;
        Deliver(message, Delay());
        if (calm)
            return;
        if (net.Below(1000) < options.DuplicatePerMille)
            Deliver(message, Delay());
        Replay(message);
    }

    public void WriteStarted(SimNode node)
    {
        var incarnation = node.Incarnation;
        var stalls = !calm && disk.Below(1000) < options.DiskStallPerMille;
        After(1 + disk.Below(2 * (stalls ? options.DiskStallMs : options.DiskMs)), () =>
        {
            if (node.Incarnation == incarnation)
                Act(node, "disk", 0, n => n.FinishWrite());
        });
    }

    public void EntryApplied(SimNode node, Entry entry)
    {
        if (openWrites.Remove((node.Id, entry.Term, entry.Index)))
        {
            AcknowledgedWrites++;
            acknowledged = Math.Max(acknowledged, entry.Index);
        }

        if (options.SnapshotEvery > 0 && entry.Index % (ulong)options.SnapshotEvery == 0)
            After(1 + disk.Below(50), () => Act(node, "snapshot", 0, n => n.TakeSnapshot(options.Trailing)));
    }

    public void ReadEnded(SimNode node, ulong ticket, ulong? index)
    {
        Checker.Require(openReads.Remove(ticket, out var floor), $"A16: read {ticket} ended twice");
        if (index is null)
            return;
        AnsweredReads++;
        Checker.Require(index >= floor, $"stale read: {node.Id} reads at {index}, {floor} was acknowledged before it asked");
    }

    public void FetchSnapshot(SimNode node, SnapshotSource source)
    {
        var incarnation = node.Incarnation;
        After(20 + net.Below(400), () =>
        {
            var from = nodes[source.Peer];
            if (node.Incarnation == incarnation && from.Core is not null && !cut(from.Id, node.Id) && from.Disk.Snapshot is { } snapshot)
                Act(node, "install", snapshot.Meta.Index, n => n.Install(snapshot));
        });
    }

    private void Boot()
    {
        for (var i = 0; i < options.Nodes; i++)
            AddNode();
        var voters = new Membership([.. nodes.Keys.Order().Select(id => new Member(id, true, default))], []);
        foreach (var node in nodes.Values)
        {
            node.Disk.Format(new(new HardState(1, 0), 0, null, 0, 0, [new Entry(1, 1, EntryKind.Config, voters.Encode())]));
            node.Start(seeds.Next());
        }
    }

    private SimNode AddNode()
    {
        var node = new SimNode(++lastId, this, options.Raft);
        nodes.Add(node.Id, node);
        ScheduleTick(node);
        return node;
    }

    private void ScheduleTick(SimNode node) => After(options.TickMs - 10 + seeds.Below(20), () =>
    {
        if (!paused.Contains(node.Id))
            Act(node, "tick", 0, n => n.Feed(core => core.Tick()));
        ScheduleTick(node);
    });

    private int Delay()
    {
        var rare = !calm && net.Below(1000) < options.LongDelayPerMille;
        return 1 + net.Below(2 * (rare ? options.LongDelayMs : options.DelayMs));
    }

    private void Deliver(Message message, int delay) => After(delay, () =>
    {
        if (!nodes.TryGetValue(message.To, out var node) || cut(message.From, message.To))
            return;
        if (paused.Contains(node.Id))
            Deliver(message, 50); // It waits in the socket.
        else
            Act(node, "message", MessageHash(message), n => n.Feed(core => core.Receive(message), pump: net.Below(4) > 0));
    });

    private void Replay(Message message)
    {
        past.Add(message);
        if (past.Count > 200)
            past.RemoveAt(net.Below(200));
        if (net.Below(1000) < options.ReplayPerMille)
            Deliver(past[net.Below(past.Count)], Delay());
    }

    private static ulong MessageHash(Message m) =>
        Checker.Hash(Checker.Hash(Checker.Hash((ulong)m.Kind, m.From), m.Term), m.Index + (ulong)m.Entries.Count);

    /// <summary>One step of one living node, noted in the trace.</summary>
    private void Act(SimNode node, string what, ulong detail, Action<SimNode> step)
    {
        if (node.Core is null)
            return;
        Steps++;
        Trace = Checker.Hash(Checker.Hash(Checker.Hash(Trace, (ulong)Now), node.Id), detail + what[0]);
        step(node);
    }

    private void After(int delay, Action action) => queue.Enqueue(action, (Now + delay, order++));

    /// <summary>Again and again, at random distances, until the faults end.</summary>
    private void Every(int meanMs, Action action)
    {
        if (meanMs == 0)
            return;
        After(1 + chaos.Below(2 * meanMs), () =>
        {
            if (calm)
                return;
            action();
            Every(meanMs, action);
        });
    }

    private void RunUntil(Func<bool> done)
    {
        while (!done() && queue.TryDequeue(out var action, out var at))
        {
            Now = at.Time;
            action();
        }
    }
}
