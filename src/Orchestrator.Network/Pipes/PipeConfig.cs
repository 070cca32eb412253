namespace Orchestrator.Network;

/// <summary>A link of a container's own to something of the host, as it was asked for.</summary>
/// <remarks>The words are pipework's; <see cref="Pipes.PipeWords"/> reads them.</remarks>
public sealed record PipeConfig
{
    /// <summary>A bridge, made when missing if its name begins with <c>br</c>; a network card; <c>mac:</c> and a card's
    /// address; <c>dummy</c>.</summary>
    public required string HostInterface { get; init; }

    /// <summary>The card itself goes into the container, in place of a macvlan link on it.</summary>
    public bool DirectPhys { get; init; }

    /// <summary>Name inside the container. Empty: <c>eth1</c>, of InfiniBand <c>ib0</c>.</summary>
    public string InterfaceName { get; init; } = "";

    /// <summary>Name of the host's end of a link to a bridge. Empty: one of ours.</summary>
    public string LocalName { get; init; } = "";

    /// <summary>Address with prefix length, e.g. <c>192.168.1.1/24</c>; empty: none is set.</summary>
    public string Address { get; init; } = "";

    /// <summary>Takes the default route; empty: that stays as it is.</summary>
    public string Gateway { get; init; } = "";

    /// <summary>Address and gateway are those that a DHCP server lends.</summary>
    public bool Dhcp { get; init; }

    /// <summary>Name that the DHCP server is told; empty: the container's.</summary>
    public string DhcpHostname { get; init; } = "";

    /// <summary>Address that the DHCP server is asked for; empty: whichever it has.</summary>
    public string DhcpAddress { get; init; } = "";

    /// <summary>Hardware address; empty: made of the container's id and the interface's name, so it stays.</summary>
    public string Mac { get; init; } = "";

    /// <summary>VLAN tag, 1 to 4094; of InfiniBand the partition key in hexadecimal. Empty: none.</summary>
    public string Vlan { get; init; } = "";
}
