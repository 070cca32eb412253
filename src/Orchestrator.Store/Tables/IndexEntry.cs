namespace Orchestrator.Store.Tables;

/// <summary>
/// One row of a secondary index, ordered by key and then id, so that all ids of a key are neighbours.
/// </summary>
internal readonly record struct IndexEntry(string Key, string Id) : IComparable<IndexEntry>
{
    public int CompareTo(IndexEntry other)
    {
        var byKey = string.CompareOrdinal(Key, other.Key);
        return byKey != 0 ? byKey : string.CompareOrdinal(Id, other.Id);
    }
}
