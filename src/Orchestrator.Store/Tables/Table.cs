using System.Collections.Immutable;

namespace Orchestrator.Store.Tables;

/// <summary>
/// All objects of one kind at one moment. Immutable; the untyped face that applying and snapshots use.
/// </summary>
public abstract class Table
{
    internal abstract TableSchema Schema { get; }

    /// <summary>Log index of the newest write to this table; 0 when it never had one.</summary>
    public ulong LastChange { get; private protected init; }

    public abstract int Count { get; }

    internal abstract IEnumerable<object> Objects { get; }

    internal abstract object? Lookup(string id);

    /// <summary>The version of an object, 0 when there is none.</summary>
    internal ulong VersionOf(string id) => Lookup(id) is { } item ? Schema.VersionOf(item) : 0;

    /// <summary>The table with <paramref name="item"/> in place of <paramref name="id"/>; null deletes.</summary>
    internal abstract Table With(string id, object? item, ulong index);

    /// <summary>Says whether the unique keys of <paramref name="item"/> belong to another object already.</summary>
    /// <returns>Index name and key of the first clash, or null.</returns>
    internal abstract (string Index, string Key)? Clash(string id, object item);
}

/// <summary>
/// All objects of one kind at one moment, by id and by secondary index. Immutable; iteration is in id order.
/// </summary>
public sealed class Table<T> : Table
    where T : class
{
    // Ordered by ordinal everywhere: .NET's string hashing differs from process to process, and two managers that
    // iterate one table in different orders would decide differently.
    private static readonly ImmutableSortedDictionary<string, T> NoObjects =
        ImmutableSortedDictionary.Create<string, T>(StringComparer.Ordinal);

    private readonly TableSchema<T> schema;
    private readonly ImmutableSortedDictionary<string, T> byId;
    private readonly ImmutableArray<ImmutableSortedSet<IndexEntry>> indexes;

    internal Table(TableSchema<T> schema)
        : this(schema, NoObjects, [.. schema.Indexes.Select(_ => ImmutableSortedSet<IndexEntry>.Empty)], 0)
    {
    }

    private Table(
        TableSchema<T> schema,
        ImmutableSortedDictionary<string, T> byId,
        ImmutableArray<ImmutableSortedSet<IndexEntry>> indexes,
        ulong lastChange)
    {
        this.schema = schema;
        this.byId = byId;
        this.indexes = indexes;
        LastChange = lastChange;
    }

    public override int Count => byId.Count;

    /// <summary>Every object, in id order.</summary>
    public IEnumerable<T> All => byId.Values;

    internal override TableSchema Schema => schema;

    internal override IEnumerable<object> Objects => byId.Values;

    public T? Get(string id) => byId.GetValueOrDefault(id);

    /// <summary>The objects that have <paramref name="key"/> in <paramref name="index"/>, in id order.</summary>
    public IReadOnlyList<T> Find(TableIndex<T> index, string key)
    {
        var entries = indexes[schema.Indexes.IndexOf(index)];
        var at = entries.IndexOf(new IndexEntry(key, ""));
        var found = new List<T>();
        for (var i = at < 0 ? ~at : at; i < entries.Count && entries[i].Key == key; i++)
            found.Add(byId[entries[i].Id]);
        return found;
    }

    internal override object? Lookup(string id) => Get(id);

    internal override Table With(string id, object? item, ulong index)
    {
        var old = byId.GetValueOrDefault(id);
        var next = (T?)item;
        var changed = indexes.ToBuilder();
        for (var i = 0; i < changed.Count; i++)
            changed[i] = Reindex(changed[i], schema.Indexes[i], id, old, next);

        var objects = next is null ? byId.Remove(id) : byId.SetItem(id, next);
        return new Table<T>(schema, objects, changed.ToImmutable(), Math.Max(LastChange, index));
    }

    internal override (string Index, string Key)? Clash(string id, object item)
    {
        foreach (var index in schema.Indexes.Where(i => i.Unique))
        {
            foreach (var key in index.KeysOf((T)item))
            {
                if (Find(index, key).Any(other => schema.Id(other) != id))
                    return (index.Name, key);
            }
        }

        return null;
    }

    private static ImmutableSortedSet<IndexEntry> Reindex(
        ImmutableSortedSet<IndexEntry> entries, TableIndex<T> index, string id, T? old, T? next)
    {
        var before = old is null ? [] : index.KeysOf(old).ToList();
        var after = next is null ? [] : index.KeysOf(next).ToList();
        if (before.SequenceEqual(after, StringComparer.Ordinal))
            return entries;
        foreach (var key in before.Except(after, StringComparer.Ordinal))
            entries = entries.Remove(new IndexEntry(key, id));
        foreach (var key in after)
            entries = entries.Add(new IndexEntry(key, id));
        return entries;
    }
}
