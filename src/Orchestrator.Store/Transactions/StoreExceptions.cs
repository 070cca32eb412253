using Orchestrator.Store.Tables;

namespace Orchestrator.Store.Transactions;

#pragma warning disable CA1032 // Each says one thing; a message without its subject would not help.

/// <summary>A write was based on a version that is not the newest. Nothing was changed.</summary>
public sealed class OutOfSequenceException(ObjectKind kind, string id, ulong expected, ulong actual)
    : Exception("update out of sequence")
{
    public ObjectKind Kind { get; } = kind;

    public string Id { get; } = id;

    /// <summary>The version that the writer had read.</summary>
    public ulong Expected { get; } = expected;

    /// <summary>The newest version; 0 when the object is gone.</summary>
    public ulong Actual { get; } = actual;
}

/// <summary>Another object has the name already. Nothing was changed.</summary>
public sealed class NameConflictException(ObjectKind kind, string index, string key)
    : Exception($"{index} conflicts with an existing object: {key}")
{
    public ObjectKind Kind { get; } = kind;

    /// <summary>The index whose keys are unique: "name".</summary>
    public string Index { get; } = index;

    public string Key { get; } = key;
}

/// <summary>An object or a whole transaction is larger than the log takes. Nothing was changed.</summary>
public sealed class TooLargeException(string what, long bytes, long limit)
    : Exception($"{what} takes {bytes} bytes, more than the {limit} allowed; make it smaller.")
{
    public long Bytes { get; } = bytes;

    public long Limit { get; } = limit;
}

/// <summary>The same objects were changed by others again and again while this transaction was being made.</summary>
public sealed class ContentionException(int attempts)
    : Exception($"The change met newer ones {attempts} times in a row; try again.")
{
}

/// <summary>
/// A committed entry does not fit the state it is applied to: log, snapshot or program is damaged. The member must
/// stop.
/// </summary>
public sealed class StoreDamagedException(ulong index, string reason)
    : Exception($"The entry {index} of the replicated log cannot be applied: {reason}")
{
    public ulong Index { get; } = index;
}
