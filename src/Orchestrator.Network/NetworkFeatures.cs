using System.Collections.Immutable;
using System.Net.Sockets;
using Orchestrator.Linux;
using Orchestrator.Linux.Io;
using Orchestrator.Linux.Netlink;
using Orchestrator.Model;

namespace Orchestrator.Network;

/// <summary>What this node's kernel can do for networks.</summary>
public static class NetworkFeatures
{
    private static readonly (string Name, Action<FeatureProbe, int> Try)[] Probes =
    [
        ("8021q", (probe, parent) => probe.MakeVlan(parent)),
        ("bridge", (probe, _) => probe.MakeLink("bridge")),
        ("dummy", (probe, _) => probe.MakeLink("dummy")),
        ("esp", (_, _) => FeatureProbe.MakeEsp()),
        ("htb", (probe, parent) => probe.LimitByHtb(parent)),
        ("ifb", (probe, parent) => probe.LeadThroughIfb(parent)),
        ("ipv6", (_, _) => new Socket(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp).Dispose()),
        ("ipvlan", (probe, parent) => probe.MakeIpvlan(parent)),
        ("macvlan", (probe, parent) => probe.MakeMacvlan(parent)),
        ("netem", (probe, parent) => probe.DelayByNetem(parent)),
        ("sctp", (_, _) => SctpSocket.Open(AddressFamily.InterNetwork).Dispose()),
        ("tbf", (probe, parent) => probe.LimitByTbf(parent)),
        ("veth", (probe, _) => probe.MakeLink("veth")),
        ("vlan_filtering", (probe, _) => probe.MakeFilteringBridge()),
        ("vxlan", (probe, _) => probe.MakeVxlan()),
        ("wireguard", (probe, _) => probe.MakeLink("wireguard")),
    ];

    /// <summary>Does each thing once in a namespace made for it, and gone when this returns.</summary>
    /// <returns>Of each feature <see cref="NodeDescription.FeatureWorks"/>, or what the kernel said.</returns>
    public static ImmutableSortedDictionary<string, string> Probe() => NetNamespace.RunInNew(() =>
    {
        using var probe = new FeatureProbe();
        using var route = RouteSocket.Open();
        return Probes.ToImmutableSortedDictionary(
            p => p.Name, p => Outcome(probe, route, p.Try), StringComparer.Ordinal);
    });

    /// <summary>Does one of these things, in the same way.</summary>
    /// <exception cref="NetlinkException">ENOTSUP: this kernel has it not.</exception>
    public static void Try(string feature) => NetNamespace.RunInNew(() =>
    {
        using var probe = new FeatureProbe();
        using var route = RouteSocket.Open();
        Probes.Single(p => p.Name == feature).Try(probe, route.GetLink(probe.MakeLink("veth")).Index);
        return 0;
    });

    private static string Outcome(FeatureProbe probe, RouteSocket route, Action<FeatureProbe, int> attempt)
    {
        try
        {
            // macvlan and ipvlan cannot share a parent: each has its own.
            attempt(probe, route.GetLink(probe.MakeLink("veth")).Index);
            return NodeDescription.FeatureWorks;
        }
        catch (NetlinkException e)
        {
            return e.KernelText is { } text ? $"{e.Errno}, {text}" : e.Errno.ToString();
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode.ToString();
        }
        catch (LinuxException e)
        {
            return e.Errno.ToString();
        }
    }
}
