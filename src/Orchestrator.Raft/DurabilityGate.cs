namespace Orchestrator.Raft;

/// <summary>
/// Holds every reply that promises something back until the disk has what it promises (A8), and forms the writes: one
/// at a time, so whatever comes up meanwhile becomes the next one, and group commit needs no timer.
/// </summary>
internal sealed class DurabilityGate
{
    private readonly List<(ulong Change, ulong LogIndex, Message Message)> held = [];
    private ulong lastToken;
    private ulong? writing;
    private ulong writingChange;

    /// <summary>Last index of the write under way, as far as its entries are still those of the log.</summary>
    private ulong writingLast;
    private ulong changes;
    private ulong changesWritten;
    private ulong changesDurable;

    /// <summary>Term, vote or the log's beginning changed.</summary>
    public void Changed() => changes++;

    public bool IsOpen(ulong logIndex, RaftLog log) => changesDurable == changes && logIndex <= log.Durable;

    /// <summary>
    /// Keeps <paramref name="message"/> until all changes so far, and the log up to an index, are durable.
    /// </summary>
    public void Hold(Message message, ulong logIndex) => held.Add((changes, logIndex, message));

    public void DropPending() => held.Clear();

    /// <summary>The log was cut: the write under way proves nothing about what comes after.</summary>
    public void Truncated(ulong lastIndex) => writingLast = Math.Min(writingLast, lastIndex);

    public void Completed(ulong token, RaftLog log)
    {
        Invariant.Check(writing == token, "A8: storage acknowledged a write that is not under way");
        writing = null;
        changesDurable = writingChange;
        log.MarkDurable(Math.Max(log.Durable, writingLast));
    }

    /// <summary>What may leave by now.</summary>
    public List<Message> Release(RaftLog log)
    {
        var free = held.FindAll(h => IsFree(h, log)).ConvertAll(h => h.Message);
        held.RemoveAll(h => IsFree(h, log));
        return free;
    }

    /// <summary>The next write; null if one is under way or nothing has changed.</summary>
    public AppendBatch? NextBatch(RaftCore core, RaftLog log, int maxBytes, ref SnapshotMeta? reset)
    {
        if (writing is not null || (changesWritten == changes && log.Handed == log.LastIndex))
            return null;
        var entries = log.Slice(log.Handed + 1, log.LastIndex, maxBytes);
        writingLast = entries.Length == 0 ? log.Handed : entries[^1].Index;
        log.MarkHanded(writingLast);
        writing = ++lastToken;
        writingChange = changesWritten = changes;
        var batch = new AppendBatch(
            lastToken, new HardState(core.Term, core.Vote), Math.Min(core.Commit, writingLast), reset, entries);
        reset = null;
        return batch;
    }

    private bool IsFree((ulong Change, ulong LogIndex, Message Message) reply, RaftLog log) =>
        reply.Change <= changesDurable && reply.LogIndex <= log.Durable;
}
