using Orchestrator.Raft;

namespace Orchestrator.Simulation.Scenarios;

/// <summary>
/// A cluster that moves only as a test says: messages wait in <see cref="Net"/>, writes wait on each disk, time stands still.
/// The same checks as in the random runs hold at every step.
/// </summary>
internal sealed class Script : ISimWorld
{
    private readonly SortedDictionary<ulong, SimNode> nodes = [];
    private readonly HashSet<(ulong From, ulong To)> cuts = [];
    private readonly Queue<SimNode> pendingWrites = [];
    private ulong seeds = 100;

    /// <summary>Members 1 to <paramref name="size"/>, all voters.</summary>
    public Script(int size, RaftOptions? options = null)
    {
        Options = options ?? new RaftOptions();
        Checker = new Checker(id => nodes.GetValueOrDefault(id));
        var voters = Enumerable.Range(1, size).Select(i => new Member((ulong)i, true, default));
        var log = new Entry(1, 1, EntryKind.Config, new Membership([.. voters], []).Encode());
        for (ulong id = 1; id <= (ulong)size; id++)
        {
            var node = nodes[id] = new SimNode(id, this, Options);
            node.Disk.Format(new(new HardState(1, 0), 0, null, 0, 0, [log]));
            node.Start(seeds++);
        }
    }

    public RaftOptions Options { get; }

    public Checker Checker { get; }

    public List<Message> Net { get; } = [];

    public Dictionary<ulong, ulong?> Reads { get; } = [];

    public SimNode this[int id] => nodes[(ulong)id];

    public RaftCore Core(int id) => nodes[(ulong)id].Core ?? throw new InvalidOperationException($"{id} is down");

    public void Send(Message message) => Net.Add(message);

    public void WriteStarted(SimNode node)
    {
        if (AutoWrite)
            pendingWrites.Enqueue(node);
    }

    /// <summary>Writes end by themselves while messages are delivered. False: only <see cref="FinishWrite"/> ends them.</summary>
    public bool AutoWrite { get; set; } = true;

    public void EntryApplied(SimNode node, Entry entry)
    {
    }

    public void ReadEnded(SimNode node, ulong ticket, ulong? index)
    {
        Checker.Require(!Reads.ContainsKey(ticket), $"A16: read {ticket} ended twice");
        Reads[ticket] = index;
    }

    public void FetchSnapshot(SimNode node, SnapshotSource source)
    {
        if (nodes[source.Peer].Disk.Snapshot is { } snapshot)
            node.Install(snapshot);
    }

    public void Tick(int id, int times = 1)
    {
        for (var i = 0; i < times; i++)
            this[id].Feed(core => core.Tick());
    }

    /// <summary>Enough ticks for any draw of the election timer.</summary>
    public void TickToElection(int id)
    {
        var term = Core(id).Term;
        for (var i = 0; i < 2 * Options.ElectionTicks && Core(id).Role == RaftRole.Follower && Core(id).Term == term; i++)
            Tick(id);
    }

    /// <summary>Ends writes and delivers messages, oldest first, until nothing moves; what is cut is lost.</summary>
    public void Settle(Predicate<Message>? lose = null)
    {
        for (var i = 0; i < 100_000; i++)
        {
            if (AutoWrite && pendingWrites.TryDequeue(out var node))
                EndWrite(node);
            else if (Net.Count > 0)
                DeliverFirst(lose);
            else
                return;
        }

        throw new ViolationException("the cluster does not come to rest");
    }

    /// <summary>Delivers those that match, as of now, and leaves the others waiting.</summary>
    public int Deliver(Predicate<Message> which)
    {
        var chosen = Net.FindAll(which);
        Net.RemoveAll(which);
        chosen.ForEach(Hand);
        return chosen.Count;
    }

    public int Lose(Predicate<Message> which) => Net.RemoveAll(which);

    public void FinishWrite(int id) => EndWrite(this[id]);

    public void Crash(int id, bool keepUnfinished = false) => this[id].Crash(keepUnfinished);

    public void Restart(int id) => this[id].Start(seeds++);

    /// <summary>The member comes back with a term that it reached in elections nobody won.</summary>
    public void RestartInTerm(int id, ulong term)
    {
        Crash(id);
        this[id].Disk.Age(term);
        Restart(id);
    }

    public void TickAll(int times = 1)
    {
        for (var i = 0; i < times; i++)
        {
            foreach (var node in nodes.Values.Where(n => n.Core is not null).ToArray())
                Tick((int)node.Id);
            Settle();
        }
    }

    public int[] Leaders => [.. nodes.Values.Where(n => n.IsLeader).Select(n => (int)n.Id)];

    public void Cut(int a, int b)
    {
        cuts.Add(((ulong)a, (ulong)b));
        cuts.Add(((ulong)b, (ulong)a));
    }

    public void Heal() => cuts.Clear();

    /// <summary>Makes <paramref name="id"/> the leader, everybody reachable taking part.</summary>
    public void Elect(int id)
    {
        ForgetLeader(id);
        for (var i = 0; i < 6 * Options.ElectionTicks && !this[id].IsLeader; i++)
        {
            Tick(id);
            Settle();
        }

        Assert.True(this[id].IsLeader, $"{id} was to become leader and is {Core(id).Role}");
    }

    /// <summary>So much time passes for all but one that no loyalty to a leader is left.</summary>
    public void ForgetLeader(int except)
    {
        foreach (var node in nodes.Values.Where(n => n.Id != (ulong)except && !cuts.Contains((n.Id, (ulong)except))))
            Tick((int)node.Id, Options.ElectionTicks);
        Net.Clear(); // Whoever's timer ran out meanwhile is beaten to it: its requests are lost.
    }

    public Proposal Propose(int id, params byte[] data)
    {
        var result = default(Proposal);
        this[id].Feed(core => result = core.Propose(data));
        return result;
    }

    public Proposal Change(int id, MembershipChangeKind kind, ulong member)
    {
        var result = default(Proposal);
        this[id].Feed(core => result = core.ProposeChange(new(kind, member)));
        return result;
    }

    public void Read(int id, ulong ticket) => this[id].Feed(core => core.ReadIndex(ticket));

    private void EndWrite(SimNode node)
    {
        if (node.Disk.Writing is not null && node.Core is not null)
            node.FinishWrite();
    }

    private void DeliverFirst(Predicate<Message>? lose)
    {
        var message = Net[0];
        Net.RemoveAt(0);
        if (lose is null || !lose(message))
            Hand(message);
    }

    private void Hand(Message message)
    {
        if (!cuts.Contains((message.From, message.To)) && nodes.TryGetValue(message.To, out var node))
            node.Feed(core => core.Receive(message));
    }
}
