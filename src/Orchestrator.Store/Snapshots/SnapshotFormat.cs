using System.Collections.Immutable;
using Google.Protobuf;
using Orchestrator.Protocol.V1;
using Orchestrator.Store.Tables;
using Orchestrator.Store.Transactions;
using Orchestrator.Store.Watching;

namespace Orchestrator.Store.Snapshots;

/// <summary>A whole state as bytes: a header, then each object. Same state, same bytes, on every manager.</summary>
internal static class SnapshotFormat
{
    public static void Write(StoreRoot root, Stream stream)
    {
        var header = new StoreSnapshotHeader
        {
            Schema = StoreState.Schema,
            Index = root.Index,
            Objects = (ulong)root.Tables.Sum(table => table.Count),
        };
        header.WriteDelimitedTo(stream);
        foreach (var table in root.Tables)
        {
            foreach (var item in table.Objects)
                Encode(table.Schema, item).WriteDelimitedTo(stream);
        }
    }

    public static StoreRoot Read(Stream stream)
    {
        var header = StoreSnapshotHeader.Parser.ParseDelimitedFrom(stream);
        if (header.Schema is 0 or > StoreState.Schema)
        {
            throw new StoreDamagedException(
                header.Index, $"the snapshot has schema {header.Schema}, this program knows {StoreState.Schema}");
        }

        var root = StoreRoot.Empty;
        for (var i = 0UL; i < header.Objects; i++)
            root = Add(root, StoreSnapshotObject.Parser.ParseDelimitedFrom(stream), header.Index);
        return root.At(header.Index);
    }

    /// <summary>The changes that lead from one state to another.</summary>
    public static ImmutableArray<ObjectChange> Difference(StoreRoot old, StoreRoot next) =>
        [.. old.Tables.Zip(next.Tables).SelectMany(pair => Difference(pair.First, pair.Second))];

    private static IEnumerable<ObjectChange> Difference(Table old, Table next)
    {
        var schema = old.Schema;
        foreach (var item in old.Objects)
        {
            var id = schema.IdOf(item);
            if (next.VersionOf(id) != schema.VersionOf(item))
                yield return new ObjectChange(schema.Kind, id, item, next.Lookup(id));
        }

        foreach (var item in next.Objects)
        {
            if (old.Lookup(schema.IdOf(item)) is null)
                yield return new ObjectChange(schema.Kind, schema.IdOf(item), null, item);
        }
    }

    private static StoreSnapshotObject Encode(TableSchema schema, object item) => new()
    {
        Kind = (uint)schema.Kind, Version = schema.VersionOf(item), Value = schema.Encode(item),
    };

    private static StoreRoot Add(StoreRoot root, StoreSnapshotObject stored, ulong index)
    {
        var kind = (ObjectKind)stored.Kind;
        if (!Schemas.IsKnown(kind))
            throw new StoreDamagedException(index, $"the snapshot holds an object of the unknown kind {stored.Kind}");
        var schema = Schemas.Of(kind);
        var item = schema.WithVersion(schema.Decode(stored.Value), stored.Version);
        return root.With(kind, schema.IdOf(item), item, stored.Version);
    }
}
