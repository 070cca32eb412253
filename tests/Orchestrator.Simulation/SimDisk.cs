using Orchestrator.Raft;

namespace Orchestrator.Simulation;

/// <summary>
/// One member's disk: what is durable, and the one write under way. A write is one frame, so a crash keeps it whole or not at
/// all, whether or not its end was ever reported.
/// </summary>
internal sealed class SimDisk
{
    private readonly List<Entry> entries = [];

    public HardState HardState { get; private set; }

    public ulong CommitHint { get; private set; }

    public ulong BaseIndex { get; private set; }

    public ulong BaseTerm { get; private set; }

    public ulong LastIndex => BaseIndex + (ulong)entries.Count;

    public SimSnapshot? Snapshot { get; private set; }

    public AppendBatch? Writing { get; private set; }

    /// <summary>Votes ever written, by term: two for one term would be the end of election safety.</summary>
    public Dictionary<ulong, ulong> Votes { get; } = [];

    public void Format(RecoveredLog content)
    {
        HardState = content.HardState;
        entries.AddRange(content.Entries);
    }

    /// <summary>Makes the term be <paramref name="term"/>, no vote given in it.</summary>
    public void Age(ulong term) => HardState = new(term, 0);

    public RecoveredLog Recover() => new(HardState, CommitHint, Snapshot?.Meta, BaseIndex, BaseTerm, [.. entries]);

    public ulong? TermAt(ulong index) =>
        index == BaseIndex ? BaseTerm
        : index > BaseIndex && index <= LastIndex ? entries[(int)(index - BaseIndex - 1)].Term
        : null;

    public void Begin(AppendBatch batch)
    {
        if (Writing is not null)
            throw new InvalidOperationException("two writes under way");
        Writing = batch;
    }

    /// <summary>The write under way becomes durable.</summary>
    public AppendBatch Finish()
    {
        var batch = Writing ?? throw new InvalidOperationException("nothing is being written");
        Writing = null;
        (HardState, CommitHint) = (batch.HardState, Math.Max(CommitHint, batch.CommitHint));
        NoteVote(batch.HardState);
        if (batch.Reset is { } reset)
        {
            entries.Clear();
            (BaseIndex, BaseTerm) = (reset.Index, reset.Term);
        }

        foreach (var entry in batch.Entries)
        {
            if (entry.Index <= LastIndex)
                entries.RemoveRange((int)(entry.Index - BaseIndex - 1), (int)(LastIndex - entry.Index + 1));
            entries.Add(entry);
        }

        return batch;
    }

    public void Crash(bool keepUnfinished)
    {
        if (Writing is not null && keepUnfinished)
            Finish();
        Writing = null;
    }

    public void Store(SimSnapshot snapshot)
    {
        if (snapshot.Meta.Index > (Snapshot?.Meta.Index ?? 0))
            Snapshot = snapshot;
    }

    public void Compact(ulong index)
    {
        if (index <= BaseIndex || index > LastIndex)
            return;
        var term = TermAt(index)!.Value; // Inside the log, by the line above.
        entries.RemoveRange(0, (int)(index - BaseIndex));
        (BaseIndex, BaseTerm) = (index, term);
    }

    private void NoteVote(HardState state)
    {
        if (state.Vote == 0)
            return;
        if (Votes.TryGetValue(state.Term, out var earlier) && earlier != state.Vote)
            throw new ViolationException($"two votes on one disk in term {state.Term}: {earlier} and {state.Vote}");
        Votes[state.Term] = state.Vote;
    }
}

/// <summary>The replicated state in short: a hash over all that was applied, so two that are equal applied the same.</summary>
internal sealed record SimSnapshot(SnapshotMeta Meta, ulong Chain);

/// <summary>A property that must hold did not.</summary>
internal sealed class ViolationException(string what) : Exception(what);
