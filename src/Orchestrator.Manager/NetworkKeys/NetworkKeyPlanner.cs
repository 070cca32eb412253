using System.Collections.Immutable;
using System.Security.Cryptography;
using Orchestrator.Model;

namespace Orchestrator.Manager.NetworkKeys;

/// <summary>When the keys of networks under IPsec are made, sent under, and forgotten.</summary>
/// <remarks>
/// Nodes receive under every key there is and send under the primary one, so no packet is lost as long as a key is known
/// everywhere before it is primary, and known for as long as somebody may still send under it:
/// <code>
///   1*            the first is sent under at once: there is no task yet
///   1* 2          a rotation: made known
///   1  2*         half a minute later: sent under
///   1  2* 3   →   1  2  3*   →   2  3* 4      the oldest goes with the next rotation
/// </code>
/// </remarks>
internal static class NetworkKeyPlanner
{
    private const int MostKeys = 3, SecretBytes = 32;

    /// <summary>By then each node that can be reached has the new key.</summary>
    public static TimeSpan Settling { get; } = TimeSpan.FromSeconds(30);

    public static TimeSpan ShortestRotation { get; } = TimeSpan.FromMinutes(2);

    /// <param name="keys">The oldest first.</param>
    /// <param name="isNeeded">There is a network under IPsec. While there is none the keys rest: a number stands for one secret
    /// for ever, for a node may have missed that there was none.</param>
    /// <returns>The keys as they should be now, and when to look again; null: when something changed.</returns>
    public static (ImmutableArray<NetworkKey> Keys, DateTimeOffset? Wake) Next(
        ImmutableArray<NetworkKey> keys, bool isNeeded, TimeSpan rotation, DateTimeOffset now)
    {
        if (!isNeeded)
            return (keys, null);
        if (keys.IsEmpty)
            keys = [New(1, now) with { IsPrimary = true }];
        else if (keys[^1].IsPrimary && now - keys[^1].CreatedAt >= rotation)
            keys = WithNew(keys, now);
        else if (!keys[^1].IsPrimary && now - keys[^1].CreatedAt >= Settling)
            keys = [.. keys.Select(key => key with { IsPrimary = key.Number == keys[^1].Number })];
        return (keys, keys[^1].CreatedAt + (keys[^1].IsPrimary ? rotation : Settling));
    }

    /// <summary>One more, to become primary when it is known; the same when one is on its way already.</summary>
    public static ImmutableArray<NetworkKey> WithNew(ImmutableArray<NetworkKey> keys, DateTimeOffset now) =>
        keys.IsEmpty || !keys[^1].IsPrimary
            ? keys : [.. keys.Skip(keys.Length - MostKeys + 1), New(keys[^1].Number + 1, now)];

    private static NetworkKey New(int number, DateTimeOffset now) => new(
        number, Convert.ToBase64String(RandomNumberGenerator.GetBytes(SecretBytes)), now, IsPrimary: false);
}
