using System.Collections.Immutable;
using System.Net;
using Orchestrator.Linux.Netlink;
using Orchestrator.Model;
using Orchestrator.Network.Overlays;
using Orchestrator.Network.Returning;

namespace Orchestrator.Network.Mending;

/// <summary>What one namespace should hold of ours. What else is there is not our concern.</summary>
internal sealed record WantedSpace
{
    public ImmutableArray<WantedLink> Links { get; init; } = [];

    /// <summary>Which others are ours all the same, and have to go; null: no other is ours.</summary>
    public OwnLinks? Own { get; init; }

    /// <summary>Default route; null: we want none, and leave one that somebody made.</summary>
    public WantedExit? Exit { get; init; }

    /// <summary>The same of IPv6.</summary>
    public WantedExit? Exit6 { get; init; }

    /// <summary>Rules and routes that lead answers to the nodes that clients came in by.</summary>
    public ImmutableArray<WayBack> Ways { get; init; } = [];

    /// <summary>Commands whose effect lasts, in order.</summary>
    public ImmutableArray<KeptCommand> Kept { get; init; } = [];

    /// <summary>What an overlay's VXLAN link leads to; null: the namespace is no overlay's.</summary>
    public ImmutableArray<RemoteEndpoint>? Remote { get; init; }
}

/// <summary>A link of ours.</summary>
/// <param name="Kind"><c>bridge</c>, <c>veth</c>, <c>vxlan</c>; empty: any.</param>
internal sealed record WantedLink(string Name, string Kind)
{
    /// <summary>Null: it bears no mark, for it is in a container's namespace.</summary>
    public string? Alias { get; init; }

    /// <summary>Bridge it is a port of.</summary>
    public string? Master { get; init; }

    /// <summary>Null: whatever it has.</summary>
    public int? Mtu { get; init; }

    /// <summary>Hardware address, by which others know the link; null: whatever it has.</summary>
    public MacAddress? Mac { get; init; }

    /// <summary>Size and mark are ours to set only where this hardware address tells that we made the link.</summary>
    public MacAddress? OwnMac { get; init; }

    /// <summary>Address with prefix length.</summary>
    public string? Address { get; init; }

    /// <summary>The same of IPv6.</summary>
    public string? Address6 { get; init; }

    /// <summary>What else is reached by it without a gateway.</summary>
    public ImmutableArray<IPNetwork> Beyond { get; init; } = [];

    /// <summary>Whose hardware addresses the cluster knows there; null: of nobody. Gone through only where it matters.</summary>
    public IEnumerable<RemoteEndpoint>? Peers { get; init; }

    /// <summary>What its bridge does on it.</summary>
    public BridgePortSettings? Port { get; init; }

    /// <summary>Static entry of the bridge that leads to this port.</summary>
    public MacAddress? Forwards { get; init; }

    /// <summary>What the container behind this port may send and receive; null: whatever it does.</summary>
    public Bandwidth? Limit { get; init; }

    /// <summary>Does the guard know the port, given its number and whether there is a link for a queue of what it sends? Null:
    /// it has no guard.</summary>
    public Func<int, bool, bool>? IsGuarded { get; init; }

    /// <summary>Underlay address of a VXLAN link.</summary>
    public IPAddress? Local { get; init; }

    /// <summary>UDP port of a VXLAN link.</summary>
    public int? UdpPort { get; init; }
}

internal sealed record WantedExit(string Link, IPAddress Gateway);

/// <summary>A kernel setting, by its path below /proc/sys/net.</summary>
internal sealed record WantedSetting(string Path, string Value);
