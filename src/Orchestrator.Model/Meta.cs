namespace Orchestrator.Model;

/// <summary>What the store keeps about an object.</summary>
/// <param name="Version">
/// Raft index of the transaction that last wrote it; 0 until stored. Docker's Version.Index.
/// </param>
public sealed record Meta(ulong Version, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    public static Meta Empty { get; } = new(0, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch);
}

/// <summary>Name and labels, the part every spec has.</summary>
public sealed record Annotations(string Name, ImmutableSortedDictionary<string, string> Labels)
{
    public static Annotations Named(string name) => new(name, ImmutableSortedDictionary<string, string>.Empty);
}

/// <summary>An object of the replicated store: immutable, replaced whole.</summary>
public interface IStoreObject
{
    string Id { get; }

    Meta Meta { get; }
}
