using System.Collections.Immutable;
using System.Net;
using Orchestrator.Linux.Netlink;

namespace Orchestrator.Network.Encryption;

/// <summary>Whom the tunnel leads to. Pure.</summary>
internal static class WireGuardPeers
{
    /// <param name="endpoints">On other nodes. A node that is lost is among them until it is removed: one that came again
    /// at its address, by another name and with another key, goes before it.</param>
    public static ImmutableArray<WireGuardPeer> Of(IEnumerable<OverlayEndpoint> endpoints, int port) =>
    [
        .. endpoints.Where(e => e.WireGuardKey.Length > 0).OrderByDescending(e => e.Ready)
            .DistinctBy(e => e.NodeVtep).DistinctBy(e => e.WireGuardKey)
            .Select(e => new WireGuardPeer(
                e.WireGuardKey, new IPEndPoint(IPAddress.Parse(e.NodeVtep), port), IPAddress.Parse(e.NodeVtep))),
    ];
}
