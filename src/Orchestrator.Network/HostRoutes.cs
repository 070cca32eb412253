using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Orchestrator.Linux.Netlink;
using Orchestrator.Network.Addressing;
using Orchestrator.Network.Balancing;
using Orchestrator.Network.Dns;

namespace Orchestrator.Network;

/// <summary>What this host reaches by routes of its own, which no network may hide.</summary>
public static class HostRoutes
{
    /// <summary>A router with the whole Internet in its table tells of the widest only.</summary>
    private const int Most = 256;

    /// <summary>IPv4 blocks with a route, the default one and those of overlays left out, and the resolvers; none
    /// within another.</summary>
    public static ImmutableArray<string> List(string resolvConf = "/etc/resolv.conf")
    {
        using var route = RouteSocket.Open();
        var mesh = route.FindLink(IngressTable.LinkName)?.Index;
        var blocks = route.ListRoutes().Where(r => r.Destination.PrefixLength > 0 && r.Index != mesh)
            .Select(r => Subnet.Of(r.Destination)).Concat(ResolversOf(resolvConf));
        return [.. Widest(blocks).Take(Most).Select(block => block.ToString())];
    }

    private static IEnumerable<Subnet> ResolversOf(string resolvConf) => ResolvConf.Load(resolvConf).Servers
        .Select(IPAddress.Parse).Where(s => s.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(s))
        .Select(s => Subnet.Of(new IPNetwork(s, 32)));

    private static List<Subnet> Widest(IEnumerable<Subnet> blocks)
    {
        var kept = new List<Subnet>();
        foreach (var block in blocks.OrderBy(b => b.PrefixLength).ThenBy(b => b.First))
        {
            if (!kept.Exists(wider => wider.Contains(block)))
                kept.Add(block);
        }

        return kept;
    }
}
