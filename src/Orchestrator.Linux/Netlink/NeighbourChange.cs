using System.Net;

namespace Orchestrator.Linux.Netlink;

/// <summary>One step of programming the static fabric of an overlay. Putting replaces; dropping what is absent is
/// fine.</summary>
public abstract record NeighbourChange(int Index)
{
    /// <summary>Frames for a hardware address leave through the VXLAN link to a VTEP.</summary>
    public sealed record PutRemote(int Index, MacAddress Mac, IPAddress Vtep) : NeighbourChange(Index);

    /// <summary>Takes back the VXLAN link's half of it.</summary>
    public sealed record DropTunnel(int Index, MacAddress Mac) : NeighbourChange(Index);

    /// <summary>Takes back the bridge's half, or what <see cref="PutLocal"/> put.</summary>
    /// <remarks>Apart from the other: when an address moved to a local port, only the tunnel is to go.</remarks>
    public sealed record DropPort(int Index, MacAddress Mac) : NeighbourChange(Index);

    /// <summary>Frames for a hardware address go to a port of the bridge.</summary>
    public sealed record PutLocal(int Index, MacAddress Mac) : NeighbourChange(Index);

    /// <summary>ARP or ND requests for an address are answered by the VXLAN link.</summary>
    public sealed record PutAnswer(int Index, IPAddress Address, MacAddress Mac) : NeighbourChange(Index);

    public sealed record DropAnswer(int Index, IPAddress Address) : NeighbourChange(Index);
}
