namespace Orchestrator.Linux.Netlink;

/// <summary>How the macvlan links of one parent hear each other. Source: linux/if_link.h.</summary>
public enum MacvlanMode
{
    Private = 1,
    Vepa = 2,
    Bridge = 4,
    Passthru = 8,
}

/// <summary>At which layer an ipvlan link is switched. Source: linux/if_link.h.</summary>
public enum IpvlanMode
{
    L2 = 0,
    L3 = 1,
    L3S = 2,
}

/// <summary>How the ipvlan links of one parent hear each other. Source: linux/if_link.h.</summary>
public enum IpvlanFlag
{
    Bridge = 0,
    Private = 1,
    Vepa = 2,
}

/// <summary>A link that stands on another and is born in the namespace of its user.</summary>
/// <param name="Parent">Index of the other, in the socket's namespace.</param>
/// <param name="Mtu">Null: that of the parent.</param>
public sealed record SublinkSettings(string Name, int Parent, string Alias, MacAddress? Mac = null, int? Mtu = null);
