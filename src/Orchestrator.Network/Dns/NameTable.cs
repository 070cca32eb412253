using System.Collections.Immutable;

namespace Orchestrator.Network.Dns;

/// <summary>The names of one network, whole.</summary>
/// <param name="NetworkName">Also a suffix: <c>web.backend</c> is <c>web</c> on network <c>backend</c>.</param>
/// <param name="Names">Addresses a name stands for; none: the name is known but nobody is there now.</param>
/// <param name="Reverse">The name that an address belongs to.</param>
internal sealed record NameTable(
    string NetworkId,
    string NetworkName,
    ImmutableSortedDictionary<string, ImmutableArray<string>> Names,
    ImmutableSortedDictionary<string, string> Reverse)
{
    /// <summary>So short that a client which caches asks again before it can miss a dead task for long.</summary>
    public const int TtlSeconds = 5;

    public bool Equals(NameTable? other) =>
        other is not null && NetworkId == other.NetworkId && NetworkName == other.NetworkName
        && Reverse.SequenceEqual(other.Reverse)
        && Names.Count == other.Names.Count
        && Names.Zip(other.Names).All(p => p.First.Key == p.Second.Key && p.First.Value.SequenceEqual(p.Second.Value));

    public override int GetHashCode() => HashCode.Combine(NetworkId, NetworkName, Names.Count, Reverse.Count);
}
