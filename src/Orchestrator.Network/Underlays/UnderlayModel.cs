using System.Collections.Immutable;
using System.Net;

namespace Orchestrator.Network.Underlays;

/// <summary>Who may send into this node's part of which overlays.</summary>
/// <param name="Vnis">Of the overlays that this node has a part in.</param>
/// <param name="Nodes">Addresses of the nodes that have a part in one of them.</param>
/// <param name="Shared">Links of the host by which containers come, and maybe others: bridges with pipes, and of networks of
/// the world outside.</param>
/// <param name="Uplink">Number of the card by which nodes come, and no container; null: there is none that is known.</param>
internal sealed record UnderlayModel(
    ImmutableArray<int> Vnis, ImmutableArray<IPAddress> Nodes, ImmutableSortedSet<string> Shared, int? Uplink = null)
{
    public static UnderlayModel None { get; } = new([], [], []);

    /// <summary>They differ in nothing but elements.</summary>
    public bool HasRulesOf(UnderlayModel other) =>
        Vnis.IsEmpty ? other.Vnis.IsEmpty : !other.Vnis.IsEmpty && Uplink == other.Uplink && Shared.SetEquals(other.Shared);
}
