using System.Collections.Immutable;
using System.Net;
using Orchestrator.Network.Mending;

namespace Orchestrator.Network.Returning;

/// <summary>What a container on the ingress overlay needs so that clients see its answers.</summary>
/// <param name="Link">Its link into the overlay.</param>
/// <param name="Subnet">The overlay's.</param>
/// <param name="Exit">The address it sends from by its default route; null: it has none.</param>
/// <param name="Nodes">Addresses of all nodes in the overlay.</param>
internal sealed record ReturnModel(string Link, string Subnet, string? Exit, ImmutableArray<IPAddress> Nodes)
{
    public IEnumerable<WayBack> Ways => Nodes.Select(node => new WayBack(Link, node));

    /// <summary>
    /// A client's packets come by a link that does not lead to the client, which a strict check would drop; and a
    /// connection that was accepted keeps the mark of its first packet, so that its answers need no second look.
    /// </summary>
    public ImmutableArray<WantedSetting> Settings =>
        [new WantedSetting($"ipv4/conf/{Link}/rp_filter", "2"), new WantedSetting("ipv4/tcp_fwmark_accept", "1")];

    /// <summary>Says all of it, so that two of one text are the same.</summary>
    public string Script => ReturnTable.Replace(this);
}
