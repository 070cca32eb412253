namespace Orchestrator.Store.Tables;

/// <summary>A secondary index: the keys under which an object can be found besides its id.</summary>
/// <param name="name">For messages: "name", "service", "node".</param>
/// <param name="keys">The object's keys, without repetition; pure, and never containing a null character.</param>
/// <param name="unique">No two objects may share a key; the first to be committed keeps it.</param>
public sealed class TableIndex<T>(string name, Func<T, IEnumerable<string>> keys, bool unique = false)
    where T : class
{
    public string Name { get; } = name;

    public bool Unique { get; } = unique;

    /// <summary>One key an object, the common case; none when <paramref name="key"/> answers null.</summary>
    public TableIndex(string name, Func<T, string?> key, bool unique = false)
        : this(name, item => key(item) is { } value ? [value] : [], unique)
    {
    }

    internal IEnumerable<string> KeysOf(T item) => keys(item);
}
