namespace Orchestrator.Raft;

/// <summary>The entries since the base, all in memory, and how far storage has them.</summary>
/// <remarks>
/// <code>
///   Base          Durable        Handed        Last
///    │ on disk      │ being written│ to be written│
/// </code>
/// A truncation pulls Handed and Durable back, also for a write that is still under way: its end then proves nothing
/// about entries that have taken the place of those it wrote.
/// </remarks>
internal sealed class RaftLog
{
    private readonly List<Entry> entries = [];

    public RaftLog(RecoveredLog recovered)
    {
        (BaseIndex, BaseTerm) = (recovered.BaseIndex, recovered.BaseTerm);
        foreach (var entry in recovered.Entries)
            Append(entry);
        Durable = Handed = LastIndex;
    }

    public ulong BaseIndex { get; private set; }

    public ulong BaseTerm { get; private set; }

    public ulong LastIndex => BaseIndex + (ulong)entries.Count;

    public ulong LastTerm => entries.Count == 0 ? BaseTerm : entries[^1].Term;

    /// <summary>What the entries held weigh.</summary>
    public long Bytes { get; private set; }

    public ulong Durable { get; private set; }

    public ulong Handed { get; private set; }

    public Entry this[ulong index] => entries[(int)(index - BaseIndex - 1)];

    /// <summary>The term at <paramref name="index"/>; null if the log does not reach there, or no longer.</summary>
    public ulong? TermAt(ulong index) =>
        index == BaseIndex ? BaseTerm
        : index > BaseIndex && index <= LastIndex ? this[index].Term
        : null;

    /// <summary>
    /// Whether the last entry of another log is at least as new as ours: what makes a candidate electable.
    /// </summary>
    public bool IsUpToDate(ulong lastIndex, ulong lastTerm) =>
        lastTerm > LastTerm || (lastTerm == LastTerm && lastIndex >= LastIndex);

    public void Append(Entry entry)
    {
        Invariant.Check(entry.Index == LastIndex + 1, "A3: the log has a gap");
        Invariant.Check(entry.Term >= LastTerm, "A3: terms fall along the log");
        entries.Add(entry);
        Bytes += entry.Weight;
    }

    public void TruncateFrom(ulong index)
    {
        Remove((int)(index - BaseIndex - 1), (int)(LastIndex - index + 1));
        Handed = Math.Min(Handed, LastIndex);
        Durable = Math.Min(Durable, LastIndex);
    }

    /// <summary>Drops entries up to <paramref name="index"/>, which a snapshot covers.</summary>
    public void Compact(ulong index)
    {
        if (index <= BaseIndex)
            return;
        var term = this[index].Term;
        Remove(0, (int)(index - BaseIndex));
        (BaseIndex, BaseTerm) = (index, term);
    }

    /// <summary>Starts anew after a snapshot that has nothing in common with the entries held.</summary>
    public void Reset(ulong index, ulong term)
    {
        Remove(0, entries.Count);
        (BaseIndex, BaseTerm) = (index, term);
        Handed = Durable = index;
    }

    /// <summary>
    /// From <paramref name="first"/> to <paramref name="last"/>, as many as weigh <paramref name="maxBytes"/>; at least
    /// one if any.
    /// </summary>
    public Entry[] Slice(ulong first, ulong last, long maxBytes)
    {
        var count = 0;
        for (long bytes = 0; first + (ulong)count <= last; count++)
        {
            bytes += this[first + (ulong)count].Weight;
            if (bytes > maxBytes && count > 0)
                break;
        }

        return count == 0 ? [] : [.. entries.GetRange((int)(first - BaseIndex - 1), count)];
    }

    /// <summary>
    /// The highest index up to <paramref name="index"/> whose term is at most <paramref name="term"/>; never below the
    /// base.
    /// </summary>
    public ulong FindLastAtMost(ulong index, ulong term)
    {
        index = Math.Min(index, LastIndex);
        while (index > BaseIndex && this[index].Term > term)
            index--;
        return index;
    }

    private void Remove(int at, int count)
    {
        foreach (var entry in entries.GetRange(at, count))
            Bytes -= entry.Weight;
        entries.RemoveRange(at, count);
    }

    public void MarkHanded(ulong index) => Handed = Math.Max(Handed, index);

    /// <summary>A write reached the disk whose last still valid entry is <paramref name="index"/>.</summary>
    public void MarkDurable(ulong index)
    {
        Invariant.Check(index <= Handed, "A8: storage acknowledged what it was never given");
        Durable = Math.Max(Durable, index);
    }
}
