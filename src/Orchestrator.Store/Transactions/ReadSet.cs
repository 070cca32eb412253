using Orchestrator.Store.Tables;

namespace Orchestrator.Store.Transactions;

/// <summary>
/// What a transaction has looked at in its base, so that the point of order can tell whether it would see the same
/// again.
/// Versions are compared, not references: a version is the index of one entry, and names one value in one log.
/// </summary>
internal sealed class ReadSet
{
    private readonly Dictionary<(ObjectKind Kind, string Id), ulong> objects = [];
    private readonly Dictionary<ObjectKind, ulong> tables = [];
    private readonly List<Func<StoreRoot, bool>> searches = [];

    public void Object(ObjectKind kind, string id, ulong version) => objects.TryAdd((kind, id), version);

    public void Table(ObjectKind kind, ulong lastChange) => tables.TryAdd(kind, lastChange);

    public void Search<T>(TableSchema<T> schema, TableIndex<T> index, string key, IReadOnlyList<T> found)
        where T : class
    {
        var seen = Fingerprint(schema, found);
        searches.Add(root => Fingerprint(schema, root.Table(schema).Find(index, key)).SequenceEqual(seen));
    }

    /// <summary>Whether <paramref name="root"/> would answer every read as the base did.</summary>
    public bool HoldsIn(StoreRoot root) =>
        objects.All(read => root.Table(read.Key.Kind).VersionOf(read.Key.Id) == read.Value)
        && tables.All(read => root.Table(read.Key).LastChange == read.Value)
        && searches.TrueForAll(same => same(root));

    private static List<(string Id, ulong Version)> Fingerprint<T>(TableSchema<T> schema, IReadOnlyList<T> found)
        where T : class => [.. found.Select(item => (schema.Id(item), schema.Version(item)))];
}
