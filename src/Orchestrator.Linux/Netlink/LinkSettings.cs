using System.Net;

namespace Orchestrator.Linux.Netlink;

/// <param name="Learning">False: forwards only by the entries it is given.</param>
public sealed record BridgeSettings(
    string? Alias = null, int? Mtu = null, MacAddress? Mac = null, bool Learning = true);

/// <param name="Name">Name of this end.</param>
/// <param name="Master">Index of the bridge this end joins, 0 for none.</param>
/// <param name="Alias">Mark put on this end.</param>
public sealed record VethSettings(
    string Name, string PeerName, MacAddress PeerMac, int Mtu, int Master = 0, string Alias = "");

/// <param name="Local">Underlay address that packets leave from.</param>
public sealed record VxlanSettings(string Name, int Vni, IPAddress Local, ushort Port, int Mtu);

/// <summary>Flags of a bridge port; the defaults are the kernel's.</summary>
public sealed record BridgePortSettings
{
    public bool Hairpin { get; init; }

    public bool Learning { get; init; } = true;

    public bool UnicastFlood { get; init; } = true;

    public bool MulticastFlood { get; init; } = true;

    public bool BroadcastFlood { get; init; } = true;

    /// <summary>Talks to no other isolated port.</summary>
    public bool Isolated { get; init; }

    /// <summary>Frames to the reserved group addresses (01:80:c2:00:00:0X, but for that of pauses) are bridged like others.
    /// Else they go past the bridge's tables to the host, as if the port were a link of its own.</summary>
    public bool BridgesReserved { get; init; }
}
