using System.Collections.Immutable;
using System.Net;

namespace Orchestrator.Network.Underlays;

/// <summary>Who may send into this node's part of which overlays.</summary>
/// <param name="Vnis">Of the overlays that this node has a part in.</param>
/// <param name="Nodes">Addresses of the nodes that have a part in one of them.</param>
internal sealed record UnderlayModel(ImmutableArray<int> Vnis, ImmutableArray<IPAddress> Nodes)
{
    public static UnderlayModel None { get; } = new([], []);
}
