using System.Collections.Immutable;
using Google.Protobuf;
using Orchestrator.Protocol.V1;
using Orchestrator.Store.Snapshots;
using Orchestrator.Store.Tables;
using Orchestrator.Store.Transactions;
using Orchestrator.Store.Watching;

namespace Orchestrator.Store;

/// <summary>
/// The replicated state itself: what is committed, and on the leader what is on its way. The log drives it from its one
/// thread;
/// everyone else reads immutable roots.
/// </summary>
/// <remarks>Applying is deterministic: no clock, no randomness, no environment, and iteration in ordinal order
/// only.</remarks>
public sealed class StoreState : IReplicatedState
{
    /// <summary>The schema this program writes, and the newest it can read.</summary>
    internal const uint Schema = 1;

    private readonly WatchRing ring;
    private StoreRoot committed = StoreRoot.Empty;
    private SpeculativeHead head = new(0, StoreRoot.Empty);
    private ulong lastRecord;

    public StoreState(WatchOptions? options = null) => ring = new WatchRing(options ?? new WatchOptions());

    /// <summary>The newest committed state.</summary>
    internal StoreRoot Committed => Volatile.Read(ref committed);

    /// <summary>The committed state and, while this member leads, what it has appended on top.</summary>
    internal SpeculativeHead Head => Volatile.Read(ref head);

    public void Apply(ulong index, ulong term, ReadOnlyMemory<byte> entry)
    {
        var transaction = StoreTransaction.Parser.ParseFrom(entry.Span);
        if (transaction.Schema > Schema)
            throw new StoreDamagedException(index, $"it has schema {transaction.Schema}, this program knows {Schema}");

        var root = committed;
        var changes = ImmutableArray.CreateBuilder<ObjectChange>(transaction.Changes.Count);
        foreach (var change in transaction.Changes)
        {
            changes.Add(Decode(index, root, change));
            root = root.With(changes[^1].Kind, change.Id, changes[^1].New, index);
        }

        Publish(root.At(index), changes.DrainToImmutable(), entry.Length, resync: false);
    }

    public void LeadershipChanged(bool leading, ulong term) =>
        Volatile.Write(ref head, new SpeculativeHead(head.Epoch + 1, committed));

    public Action<Stream> CaptureSnapshot()
    {
        var root = committed;
        return stream => SnapshotFormat.Write(root, stream);
    }

    public void Restore(ulong index, Stream snapshot)
    {
        var root = SnapshotFormat.Read(snapshot);
        if (root.Index > index)
            throw new StoreDamagedException(index, $"the snapshot covers entries up to {root.Index}");
        Publish(root.At(index), SnapshotFormat.Difference(committed, root), 0, resync: true);
    }

    internal StoreWatcher Watch(ulong after) => new(ring, after);

    /// <summary>On the log's thread: makes a transaction the next in order, if what it read still holds.</summary>
    /// <exception cref="ConflictException">It does not; nothing has changed.</exception>
    internal void Sequence(ulong index, SpeculativeHead basis, Transaction transaction)
    {
        var current = head;
        if (current.Epoch != basis.Epoch)
            throw new ConflictException();
        var moved = !ReferenceEquals(current.Root, basis.Root);
        if (moved && !transaction.Reads.HoldsIn(current.Root))
            throw new ConflictException();

        var root = current.Root;
        foreach (var change in transaction.Changes)
            root = root.With(change.Kind, change.Id, Stamped(change.Kind, change.Value, index), index);
        if (moved
            && transaction.Changes.Any(c => c.Value is not null && root.Table(c.Kind).Clash(c.Id, c.Value) is not null))
            throw new ConflictException();
        Volatile.Write(ref head, new SpeculativeHead(current.Epoch, root.At(index)));
    }

    private static ObjectChange Decode(ulong index, StoreRoot root, StoreChange change)
    {
        var kind = (ObjectKind)change.Kind;
        if (!Schemas.IsKnown(kind))
            throw new StoreDamagedException(index, $"it changes an object of the unknown kind {change.Kind}");
        var old = root.Table(kind).Lookup(change.Id);
        var version = root.Table(kind).VersionOf(change.Id);
        if (version != change.PreviousVersion)
        {
            throw new StoreDamagedException(
                index, $"{kind} {change.Id} has version {version}, the entry replaces {change.PreviousVersion}");
        }

        return new ObjectChange(kind, change.Id, old, change.HasValue ? Value(index, kind, change) : null);
    }

    private static object Value(ulong index, ObjectKind kind, StoreChange change)
    {
        var schema = Schemas.Of(kind);
        var value = schema.WithVersion(schema.Decode(change.Value), index);
        return schema.IdOf(value) == change.Id
            ? value
            : throw new StoreDamagedException(index, $"the {schema.Noun} in it is not {change.Id}");
    }

    private static object? Stamped(ObjectKind kind, object? value, ulong index) =>
        value is null ? null : Schemas.Of(kind).WithVersion(value, index);

    private void Publish(StoreRoot root, ImmutableArray<ObjectChange> changes, long size, bool resync)
    {
        Volatile.Write(ref committed, root);
        // Nothing of ours is under way beyond this entry: speculation and commitment are one again.
        if (head.Root.Index <= root.Index)
            Volatile.Write(ref head, new SpeculativeHead(head.Epoch, root));
        // After the root: who gets a record finds a view that contains it.
        if (root.Index > lastRecord)
            ring.Publish(new CommitRecord(root.Index, lastRecord, changes, resync), size);
        lastRecord = root.Index;
    }
}
