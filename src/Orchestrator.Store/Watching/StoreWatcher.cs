using System.Diagnostics.CodeAnalysis;

namespace Orchestrator.Store.Watching;

/// <summary>
/// A position in the history of the store. Records come in order, each once, without gap. Costs nothing while nobody
/// waits;
/// needs no disposal. One reader at a time.
/// </summary>
public sealed class StoreWatcher
{
    private readonly WatchRing ring;

    internal StoreWatcher(WatchRing ring, ulong position)
    {
        this.ring = ring;
        Position = position;
    }

    /// <summary>Everything up to this index was seen; a new watcher may resume after it.</summary>
    public ulong Position { get; private set; }

    /// <summary>The next record if it is there already.</summary>
    /// <exception cref="CompactedException">This reader was too slow: list again.</exception>
    public bool TryNext([NotNullWhen(true)] out CommitRecord? record)
    {
        record = ring.After(Position, out _);
        if (record is not null)
            Advance(record);
        return record is not null;
    }

    /// <summary>The next record, once there is one.</summary>
    /// <exception cref="CompactedException">This reader was too slow: list again.</exception>
    public async ValueTask<CommitRecord> NextAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (ring.After(Position, out var more) is { } record)
            {
                Advance(record);
                return record;
            }

            await more.WaitAsync(cancellationToken);
        }
    }

    private void Advance(CommitRecord record) => Position = record.Index;
}
