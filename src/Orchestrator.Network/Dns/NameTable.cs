using System.Collections.Immutable;
using Orchestrator.Network.Balancing;

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

    /// <summary>Port and name of who offers a service, under names such as <c>_http._tcp.web</c>.</summary>
    /// <remarks>Null: an orchd of before SRV wrote it.</remarks>
    public ImmutableSortedDictionary<string, ImmutableArray<string>>? Offers { get; init; }

    /// <summary>Virtual addresses among <see cref="Names"/>, and whom they lead to.</summary>
    /// <remarks>Null: an orchd wrote it that has them translated in every container, called or not.</remarks>
    public ImmutableArray<BalancedService>? Balanced { get; init; }

    public bool Equals(NameTable? other) =>
        other is not null && NetworkId == other.NetworkId && NetworkName == other.NetworkName
        && Reverse.SequenceEqual(other.Reverse)
        && Same(Names, other.Names) && Same(AllOffers(), other.AllOffers())
        && (Balanced ?? []).SequenceEqual(other.Balanced ?? []);

    public ImmutableSortedDictionary<string, ImmutableArray<string>> AllOffers() =>
        Offers ?? ImmutableSortedDictionary<string, ImmutableArray<string>>.Empty;

    private static bool Same(
        ImmutableSortedDictionary<string, ImmutableArray<string>> one,
        ImmutableSortedDictionary<string, ImmutableArray<string>> other) => one.Count == other.Count
        && one.Zip(other).All(p => p.First.Key == p.Second.Key && p.First.Value.SequenceEqual(p.Second.Value));

    public override int GetHashCode() => HashCode.Combine(NetworkId, NetworkName, Names.Count, Reverse.Count);
}
