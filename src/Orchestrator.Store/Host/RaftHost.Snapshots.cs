using Orchestrator.Raft;

namespace Orchestrator.Store.Host;

/// <summary>
/// Snapshots: taken, offered, fetched, restored. The bytes are moved on other threads; only their ends come here.
/// </summary>
public sealed partial class RaftHost
{
    private Task snapshotting = Task.CompletedTask;
    private Task fetching = Task.CompletedTask;
    private SnapshotMeta? offered;
    private long bytesSinceSnapshot;
    private Entry? lastApplied;
    private bool takingSnapshot;

    private void RestoreAtStart(SnapshotMeta? meta)
    {
        if (meta is null)
            return;
        offered = meta;
        using var content = snapshots.Open(meta);
        setup.State.Restore(meta.Index, content);
    }

    private void Restore(SnapshotMeta meta)
    {
        using (var content = snapshots.Open(meta))
            setup.State.Restore(meta.Index, content);
        Volatile.Write(ref offered, meta);
        bytesSinceSnapshot = 0;
        RaftHostLog.SnapshotInstalled(setup.Logger, meta.Index);
    }

    private void NoteApplied(Entry entry)
    {
        bytesSinceSnapshot += entry.Weight;
        lastApplied = entry;
        SnapshotIfDue(entry);
    }

    /// <summary>
    /// Asked after each entry and after each snapshot: what was written while one was taken may be worth another, and
    /// no further entry need ever come.
    /// </summary>
    private void SnapshotIfDue(Entry entry)
    {
        var since = entry.Index - (core.Snapshot?.Index ?? 0);
        var due = since >= setup.Options.SnapshotEntries || bytesSinceSnapshot >= setup.Options.SnapshotBytes;
        if (due && !takingSnapshot)
            TakeSnapshot(entry);
    }

    private void TakeSnapshot(Entry last)
    {
        takingSnapshot = true;
        bytesSinceSnapshot = 0;
        var meta = new SnapshotMeta(last.Index, last.Term, core.MembershipAt(last.Index));
        var write = setup.State.CaptureSnapshot();
        snapshotting = Task.Run(() =>
        {
            try
            {
                snapshots.Save(meta, write);
                inbox.Post(() => SnapshotTaken(meta));
            }
            catch (IOException e)
            {
                // The log still has everything; the next attempt comes with the next interval.
                RaftHostLog.SnapshotFailed(setup.Logger, e.Message);
                inbox.Post(() => takingSnapshot = false);
            }
        });
    }

    private void SnapshotTaken(SnapshotMeta meta)
    {
        core.SnapshotTaken(meta);
        if (core.Snapshot is { } newest)
            Volatile.Write(ref offered, newest);
        var trailing = setup.Options.Log.TrailingEntries;
        core.Compact(Math.Min(core.CompactionFloor, meta.Index > trailing ? meta.Index - trailing : 0));
        // Should the newest one prove unreadable, the older one and the log after it still make the whole state.
        writer.Compact(snapshots.OldestIndex());
        RaftHostLog.SnapshotWritten(setup.Logger, meta.Index);
        takingSnapshot = false;
        if (lastApplied is { } last)
            SnapshotIfDue(last);
    }

    /// <summary>
    /// One at a time; the leader repeats its offer until there is an answer, so a failure needs no care.
    /// </summary>
    private void Fetch(SnapshotSource source)
    {
        if (fetching.IsCompleted)
            fetching = Task.Run(() => FetchAsync(source));
    }

    private async Task FetchAsync(SnapshotSource source)
    {
        try
        {
            SnapshotMeta? received = null;
            await setup.Transport.FetchSnapshotAsync(
                source.Peer,
                source.Index,
                (meta, content) =>
                {
                    snapshots.Save(meta, content.CopyTo);
                    received = meta;
                },
                stopping.Token);
            if (received is not null)
                inbox.Post(() => core.SnapshotReceived(received));
        }
#pragma warning disable CA1031 // Peer gone, link broken, content damaged, disk full: it is offered again either way.
        catch (Exception e)
#pragma warning restore CA1031
        {
            if (!stopping.IsCancellationRequested)
                RaftHostLog.FetchFailed(setup.Logger, e.Message);
        }
    }
}
