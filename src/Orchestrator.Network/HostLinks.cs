using System.Collections.Immutable;
using Orchestrator.Linux.Netlink;
using Orchestrator.Network.Hosting;

namespace Orchestrator.Network;

/// <summary>Links of this host that networks may stand on.</summary>
public static class HostLinks
{
    private const int Most = 256;

    /// <summary>Names of cards, VLANs and whatever else has a link, in order; none of ours, and no container's end in a
    /// bridge, which come and go.</summary>
    public static ImmutableArray<string> List()
    {
        using var route = RouteSocket.Open();
        return
        [
            .. route.ListLinks().Where(link => link.Name != "lo" && !LinkNames.IsOurs(link) && link is not { Kind: "veth", Master: > 0 })
                .Select(link => link.Name).Order(StringComparer.Ordinal).Take(Most),
        ];
    }
}
