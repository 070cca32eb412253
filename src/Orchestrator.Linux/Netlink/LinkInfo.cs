using System.Net;

namespace Orchestrator.Linux.Netlink;

/// <summary>A network interface as the kernel lists it.</summary>
/// <param name="Alias">What IFALIAS holds: our mark of ownership. Empty when unset.</param>
/// <param name="Kind"><c>bridge</c>, <c>veth</c>, <c>vxlan</c>, …; empty for hardware.</param>
/// <param name="Master">Index of the bridge it is a port of, 0 for none.</param>
public sealed record LinkInfo(
    int Index, string Name, string Alias, string Kind, int Master, int Mtu, MacAddress? Mac, bool IsUp)
{
    /// <summary>ARPHRD_INFINIBAND of linux/if_arp.h: IP straight on InfiniBand, without Ethernet between.</summary>
    public const int InfiniBand = 32;

    /// <summary>Index of the link it stands on, 0 for none. Of another namespace when it was moved out of
    /// there.</summary>
    public int Parent { get; init; }

    /// <summary>That link is in another namespace: its index says nothing here.</summary>
    public bool IsParentElsewhere { get; init; }

    /// <summary>Tag of a link of kind <c>vlan</c>.</summary>
    public int? VlanId { get; init; }

    /// <summary>ARPHRD number: 1 Ethernet, 32 InfiniBand, 772 loopback.</summary>
    public int HardwareType { get; init; }

    /// <summary>Up, and the other side is there.</summary>
    public bool HasCarrier { get; init; }

    /// <summary>What its bridge does on it; null: it is no port of one.</summary>
    public BridgePortSettings? Port { get; init; }

    /// <summary>Underlay address of a VXLAN link.</summary>
    public IPAddress? VxlanLocal { get; init; }

    /// <summary>UDP port of a VXLAN link.</summary>
    public int? VxlanPort { get; init; }

    /// <summary>A VXLAN link takes note of where senders are.</summary>
    public bool VxlanLearns { get; init; }
}
