using Orchestrator.Raft;

namespace Orchestrator.Store.Log;

/// <summary>Frames, played in order, become a log again.</summary>
internal sealed class LogReplay
{
    private readonly List<Entry> entries = [];
    private ulong baseIndex;
    private ulong baseTerm;

    /// <summary>
    /// A frame cut back behind the first segment that is left, so the term before its entries is not known.
    /// </summary>
    private bool baseTermUnknown;

    public LogReplay(SegmentHeader first) =>
        (baseIndex, baseTerm, HardState) = (first.LastIndex, first.LastTerm, first.HardState);

    public HardState HardState { get; private set; }

    public ulong CommitHint { get; private set; }

    public ulong LastIndex => baseIndex + (ulong)entries.Count;

    public ulong LastTerm => entries.Count == 0 ? baseTerm : entries[^1].Term;

    public void Play(Frame frame)
    {
        (HardState, CommitHint) = (frame.HardState, Math.Max(CommitHint, frame.CommitHint));
        if (frame.Reset is { } reset)
        {
            entries.Clear();
            (baseIndex, baseTerm, baseTermUnknown) = (reset.Index, reset.Term, false);
        }

        if (frame.Entries.Count == 0)
            return;
        CutBackTo(frame.Entries[0].Index);
        entries.AddRange(frame.Entries);
    }

    /// <summary>
    /// The log that goes with a snapshot: entries after it, and up to <paramref name="trailing"/> before it, which
    /// spare a slow follower the snapshot.
    /// </summary>
    public RecoveredLog Finish(SnapshotMeta? snapshot, ulong trailing)
    {
        if (baseTermUnknown)
            DropFirst(1);
        if (snapshot is not null && snapshot.Index > trailing && snapshot.Index - trailing > baseIndex)
            DropFirst((int)Math.Min((ulong)entries.Count, snapshot.Index - trailing - baseIndex));
        return new(HardState, CommitHint, snapshot, baseIndex, baseTerm, entries);
    }

    private void CutBackTo(ulong index)
    {
        if (index > baseIndex)
        {
            var keep = (int)Math.Min((ulong)entries.Count, index - baseIndex - 1);
            entries.RemoveRange(keep, entries.Count - keep);
            return;
        }

        entries.Clear();
        (baseIndex, baseTermUnknown) = (index - 1, true);
    }

    private void DropFirst(int count)
    {
        if (count == 0)
            return;
        (baseIndex, baseTerm, baseTermUnknown) = (entries[count - 1].Index, entries[count - 1].Term, false);
        entries.RemoveRange(0, count);
    }
}
