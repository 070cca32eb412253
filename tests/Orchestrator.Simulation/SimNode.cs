using Orchestrator.Raft;

namespace Orchestrator.Simulation;

/// <summary>One member: the core, its disk, and the little a host does around them.</summary>
internal sealed class SimNode(ulong id, ISimWorld world, RaftOptions options)
{
    public ulong Id { get; } = id;

    public SimDisk Disk { get; } = new();

    /// <summary>Null while the process is dead.</summary>
    public RaftCore? Core { get; private set; }

    /// <summary>Counts the processes, so that what belongs to a dead one is recognised.</summary>
    public int Incarnation { get; private set; }

    public ulong Applied { get; private set; }

    public ulong Chain { get; private set; }

    /// <summary>Reads that were granted and wait for the state, by ticket.</summary>
    public List<ReadGrant> WaitingReads { get; } = [];

    public bool IsLeader => Core is { Role: RaftRole.Leader };

    public void Start(ulong seed)
    {
        Incarnation++;
        (Applied, Chain) = (Disk.Snapshot?.Meta.Index ?? 0, Disk.Snapshot?.Chain ?? 0);
        Core = new RaftCore(Id, options, Disk.Recover(), seed);
        Pump();
    }

    public void Crash(bool keepUnfinished)
    {
        Core = null;
        Incarnation++;
        WaitingReads.Clear();
        Disk.Crash(keepUnfinished);
    }

    /// <summary>One input, and unless <paramref name="pump"/> says to wait for more, what follows from it.</summary>
    public void Feed(Action<RaftCore> input, bool pump = true)
    {
        if (Core is null)
            return;
        input(Core);
        world.Checker.AfterStep(this);
        if (pump)
            Pump();
    }

    public void FinishWrite()
    {
        var batch = Disk.Finish();
        Feed(core => core.Appended(batch.Token));
    }

    /// <summary>Writes a snapshot of the state as of now, and forgets all but <paramref name="trailing"/> entries before it.</summary>
    public void TakeSnapshot(ulong trailing)
    {
        if (Core is null || Applied == 0 || Applied <= (Core.Snapshot?.Index ?? 0))
            return;
        var meta = new SnapshotMeta(Applied, Core.TermAt(Applied)!.Value, Core.MembershipAt(Applied));
        Disk.Store(new SimSnapshot(meta, Chain));
        Feed(core =>
        {
            core.SnapshotTaken(meta);
            core.Compact(Math.Min(core.CompactionFloor, meta.Index > trailing ? meta.Index - trailing : 0));
        });
        Disk.Compact(Core.BaseIndex);
    }

    public void Install(SimSnapshot snapshot)
    {
        Disk.Store(snapshot);
        Feed(core => core.SnapshotReceived(snapshot.Meta));
    }

    private void Pump()
    {
        while (Core is not null)
        {
            var effects = Core.Drain();
            world.Checker.AfterStep(this);
            if (effects.IsEmpty)
                return;
            Do(effects);
        }
    }

    private void Do(Effects effects)
    {
        foreach (var message in effects.Messages)
        {
            world.Checker.Sending(this, message);
            world.Send(message);
        }

        if (effects.Append is { } batch)
        {
            world.Checker.Writing(batch);
            Disk.Begin(batch);
            world.WriteStarted(this);
        }

        if (effects.Restore is { } meta)
            Restore(meta);
        foreach (var entry in effects.Apply)
            Apply(entry);
        WaitingReads.AddRange(effects.Reads);
        ReleaseReads();
        effects.FailedReads.ForEach(ticket => world.ReadEnded(this, ticket, index: null));
        if (effects.Fetch is { } source)
            world.FetchSnapshot(this, source);
    }

    private void Restore(SnapshotMeta meta)
    {
        var snapshot = Disk.Snapshot;
        if (snapshot is null || snapshot.Meta.Index != meta.Index)
            throw new ViolationException($"node {Id} is told to restore snapshot {meta.Index}, which it does not have");
        (Applied, Chain) = (meta.Index, snapshot.Chain);
    }

    private void Apply(Entry entry)
    {
        if (entry.Index != Applied + 1)
            throw new ViolationException($"A13: node {Id} applies {entry.Index} after {Applied}");
        Applied = entry.Index;
        Chain = Checker.Fold(Chain, entry);
        world.Checker.Applied(this, entry);
        Core!.Applied(entry.Index); // Alive: this runs inside its own drain.
        world.EntryApplied(this, entry);
    }

    private void ReleaseReads()
    {
        foreach (var read in WaitingReads.FindAll(r => r.Index <= Applied))
            world.ReadEnded(this, read.Ticket, read.Index);
        WaitingReads.RemoveAll(r => r.Index <= Applied);
    }
}

/// <summary>What surrounds the nodes: the random simulation, or a script.</summary>
internal interface ISimWorld
{
    Checker Checker { get; }

    void Send(Message message);

    void WriteStarted(SimNode node);

    void EntryApplied(SimNode node, Entry entry);

    void ReadEnded(SimNode node, ulong ticket, ulong? index);

    void FetchSnapshot(SimNode node, SnapshotSource source);
}
