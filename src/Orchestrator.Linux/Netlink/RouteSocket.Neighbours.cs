using System.Net;
using System.Runtime.InteropServices;

namespace Orchestrator.Linux.Netlink;

/// <summary>A permanent answer to "who has this address", or a forwarding entry of a bridge or VXLAN link.</summary>
/// <param name="Address">Address that an ARP or ND entry answers for; null for a forwarding entry.</param>
/// <param name="Destination">VTEP that a VXLAN forwarding entry leads to; null otherwise.</param>
/// <param name="OfMaster">A forwarding entry of the bridge, not of the port itself.</param>
public sealed record NeighbourInfo(
    int Index, MacAddress Mac, IPAddress? Address, IPAddress? Destination, bool OfMaster);

public sealed partial class RouteSocket
{
    private const ushort RTM_NEWNEIGH = 28, RTM_DELNEIGH = 29, RTM_GETNEIGH = 30;
    private const int NDA_DST = 1, NDA_LLADDR = 2;
    private const ushort NUD_REACHABLE = 2, NUD_NOARP = 0x40, NUD_PERMANENT = 0x80;
    private const byte NTF_SELF = 2, NTF_MASTER = 4;
    private const NetlinkFlags Put = NetlinkFlags.Create | NetlinkFlags.Replace;

    /// <summary>Applies changes in order, a hundred to a system call. All are tried; the first failure is
    /// thrown.</summary>
    public void Change(IEnumerable<NeighbourChange> changes) => netlink.Execute([.. changes.Select(Message)]);

    /// <summary>Static entries only: nothing the kernel learned or made for itself.</summary>
    /// <param name="index">Link whose entries are wanted.</param>
    public List<NeighbourInfo> ListStatic(int index) => ListStatic().FindAll(n => n.Index == index);

    /// <summary>Those of all links.</summary>
    public List<NeighbourInfo> ListStatic() =>
        [.. ListNeighbours(AF_INET), .. ListNeighbours(AF_INET6), .. ListNeighbours(AF_BRIDGE)];

    /// <summary>Permanent answers alone, without forwarding entries.</summary>
    public List<NeighbourInfo> ListAnswers() => [.. ListNeighbours(AF_INET), .. ListNeighbours(AF_INET6)];

    private IEnumerable<NeighbourInfo> ListNeighbours(byte family) =>
        netlink.Dump(new NetlinkMessage(RTM_GETNEIGH, NetlinkFlags.None, "list neighbours")
                .Struct(new NdMsg { Family = family }))
            .Select(ParseNeighbour).OfType<NeighbourInfo>();

    private static NetlinkMessage Message(NeighbourChange change) => change switch
    {
        // One message programs the VXLAN link and the bridge above it. NOARP keeps both from ageing;
        // the VXLAN link wants REACHABLE besides.
        NeighbourChange.PutRemote c =>
            Neighbour(
                RTM_NEWNEIGH, Put, AF_BRIDGE, c.Index, NUD_NOARP | NUD_REACHABLE, NTF_SELF | NTF_MASTER,
                $"forward {c.Mac} to {c.Vtep}")
                .Add(NDA_LLADDR, c.Mac).Add(NDA_DST, c.Vtep),
        NeighbourChange.DropTunnel c =>
            Neighbour(
                RTM_DELNEIGH, NetlinkFlags.None, AF_BRIDGE, c.Index, 0, NTF_SELF, $"stop forwarding {c.Mac}",
                Errno.ENOENT)
                .Add(NDA_LLADDR, c.Mac),
        NeighbourChange.DropPort c =>
            Neighbour(
                RTM_DELNEIGH, NetlinkFlags.None, AF_BRIDGE, c.Index, 0, NTF_MASTER, $"stop forwarding {c.Mac}",
                Errno.ENOENT)
                .Add(NDA_LLADDR, c.Mac),
        // "Permanent" would mean an address of the bridge itself; NOARP is what makes an entry of a port static.
        NeighbourChange.PutLocal c =>
            Neighbour(RTM_NEWNEIGH, Put, AF_BRIDGE, c.Index, NUD_NOARP, NTF_MASTER,
                $"forward {c.Mac} to port {c.Index}")
                .Add(NDA_LLADDR, c.Mac),
        NeighbourChange.PutAnswer c =>
            Neighbour(RTM_NEWNEIGH, Put, FamilyOf(c.Address), c.Index, NUD_PERMANENT, 0, $"answer for {c.Address}")
                .Add(NDA_DST, c.Address).Add(NDA_LLADDR, c.Mac),
        NeighbourChange.DropAnswer c =>
            Neighbour(RTM_DELNEIGH, NetlinkFlags.None, FamilyOf(c.Address), c.Index, 0, 0, $"stop answering for {c.Address}",
                Errno.ENOENT)
                .Add(NDA_DST, c.Address),
        _ => throw new ArgumentOutOfRangeException(nameof(change)),
    };

    private static NetlinkMessage Neighbour(
        ushort type, NetlinkFlags flags, byte family, int index, ushort state, byte neighbourFlags, string operation,
        params Errno[] tolerated) =>
        new NetlinkMessage(type, flags, operation) { Tolerated = tolerated }
            .Struct(new NdMsg { Family = family, Index = index, State = state, Flags = neighbourFlags });

    private static NeighbourInfo? ParseNeighbour(byte[] payload)
    {
        var header = MemoryMarshal.Read<NdMsg>(payload);
        var attributes = new NetlinkAttributes(payload.AsSpan(Marshal.SizeOf<NdMsg>()));
        var wanted = header.Family != AF_BRIDGE ? NUD_PERMANENT : NUD_NOARP;
        if ((header.State & wanted) == 0 || attributes.Mac(NDA_LLADDR) is not { } mac)
            return null;
        var address = attributes.Address(NDA_DST);
        return header.Family != AF_BRIDGE
            ? new NeighbourInfo(header.Index, mac, address, null, OfMaster: false)
            : new NeighbourInfo(header.Index, mac, null, address, (header.Flags & NTF_SELF) == 0);
    }
}
