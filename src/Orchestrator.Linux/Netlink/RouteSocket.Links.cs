using System.Net;
using System.Runtime.InteropServices;

namespace Orchestrator.Linux.Netlink;

public sealed partial class RouteSocket
{
    private const ushort RTM_NEWLINK = 16, RTM_DELLINK = 17, RTM_GETLINK = 18, RTM_SETLINK = 19;
    private const int IFLA_ADDRESS = 1, IFLA_IFNAME = 3, IFLA_MTU = 4, IFLA_LINK = 5, IFLA_MASTER = 10;
    private const int IFLA_LINKINFO = 18, IFLA_IFALIAS = 20, IFLA_NET_NS_FD = 28, IFLA_PROTINFO = 12;
    private const int IFLA_INFO_KIND = 1, IFLA_INFO_DATA = 2, IFLA_INFO_SLAVE_KIND = 4, IFLA_INFO_SLAVE_DATA = 5;
    private const int VETH_INFO_PEER = 1, IFLA_VXLAN_LOCAL = 4, IFLA_VXLAN_LEARNING = 7, IFLA_VXLAN_PORT = 15, IFLA_VXLAN_LOCAL6 = 17,
        IFLA_EXT_MASK = 29, IFLA_LINK_NETNSID = 37, RTEXT_FILTER_SKIP_STATS = 8;
    private const int IFLA_BRPORT_MODE = 4, IFLA_BRPORT_LEARNING = 8, IFLA_BRPORT_UNICAST_FLOOD = 9;
    private const int IFLA_BRPORT_MCAST_FLOOD = 27, IFLA_BRPORT_BCAST_FLOOD = 30, IFLA_BRPORT_GROUP_FWD_MASK = 31;
    private const int IFLA_BRPORT_ISOLATED = 33;

    /// <summary>A bit for each last digit of a reserved group address; the kernel takes none for pauses.</summary>
    private const ushort AllReserved = 0xfffd;
    private const uint IFF_UP = 1;
    private const NetlinkFlags Create = NetlinkFlags.Create | NetlinkFlags.Exclusive;

    public LinkInfo? FindLink(string name)
    {
        var answer = netlink.Query(
            new NetlinkMessage(RTM_GETLINK, NetlinkFlags.None, $"find link {name}")
                .Struct(default(IfInfo)).Add(IFLA_IFNAME, name));
        return answer is null ? null : ParseLink(answer);
    }

    /// <exception cref="NetlinkException">ENODEV: there is none of that name.</exception>
    public LinkInfo GetLink(string name) =>
        FindLink(name) ?? throw new NetlinkException($"find link {name}", Errno.ENODEV, null);

    public List<LinkInfo> ListLinks() =>
        [.. netlink.Dump(new NetlinkMessage(RTM_GETLINK, NetlinkFlags.None, "list links")
                .Struct(default(IfInfo)).Add(IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS))
            .Select(ParseLink)];

    /// <summary>Makes a bridge, up, that forwards at once and never calls the host's IP firewall for bridged
    /// frames.</summary>
    public LinkInfo EnsureBridge(string name, BridgeSettings settings)
    {
        const int IFLA_BR_FORWARD_DELAY = 1, IFLA_BR_AGEING_TIME = 4, IFLA_BR_STP_STATE = 5;
        const int IFLA_BR_MCAST_SNOOPING = 23, IFLA_BR_NF_CALL_IPTABLES = 36;

        var message = new NetlinkMessage(RTM_NEWLINK, Create, $"create bridge {name}") { Tolerated = [Errno.EEXIST] }
            .Struct(new IfInfo { Flags = IFF_UP, Change = IFF_UP })
            .Add(IFLA_IFNAME, name);
        if (settings.Mtu is { } mtu)
            message.Add(IFLA_MTU, mtu);
        if (settings.Mac is { } mac)
            message.Add(IFLA_ADDRESS, mac);
        message.Nest(IFLA_LINKINFO, info => info.Add(IFLA_INFO_KIND, "bridge").Nest(IFLA_INFO_DATA, data =>
        {
            data.Add(IFLA_BR_FORWARD_DELAY, 0).Add(IFLA_BR_STP_STATE, 0).Add(IFLA_BR_MCAST_SNOOPING, (byte)0);
            if (!settings.Learning)
                data.Add(IFLA_BR_AGEING_TIME, 0);
            for (var table = 0; table < 3; table++) // iptables, ip6tables, arptables
                data.Add(IFLA_BR_NF_CALL_IPTABLES + table, (byte)0);
        }));
        netlink.Execute(message);
        if (settings.Alias is { } alias)
            SetAlias(name, alias);
        return GetLink(name);
    }

    /// <summary>Makes a veth pair, both ends in their final place: this one a port and up, the peer in its
    /// namespace.</summary>
    /// <remarks>The peer is brought up from its own side: at birth neither end may be up, the other is not there
    /// yet.</remarks>
    /// <exception cref="NetlinkException">EEXIST: one of the two names is taken.</exception>
    public LinkInfo CreateVeth(VethSettings settings, NetNamespace peerNamespace)
    {
        netlink.Execute(
        [
            new NetlinkMessage(RTM_NEWLINK, Create, $"create link {settings.Name} with peer {settings.PeerName}")
                .Struct(default(IfInfo))
                .Add(IFLA_IFNAME, settings.Name).Add(IFLA_MTU, settings.Mtu)
                .AddUnless(settings.Master == 0, IFLA_MASTER, settings.Master)
                .Nest(IFLA_LINKINFO, info => info.Add(IFLA_INFO_KIND, "veth")
                    .Nest(IFLA_INFO_DATA, data => data.Nest(VETH_INFO_PEER, peer => peer
                        .Struct(default(IfInfo))
                        .Add(IFLA_IFNAME, settings.PeerName).Add(IFLA_MTU, settings.Mtu)
                        .Add(IFLA_ADDRESS, settings.PeerMac).Add(IFLA_NET_NS_FD, peerNamespace.Descriptor)))),
            AliasMessage(settings.Name, settings.Alias),
            UpMessage(settings.Name),
        ]);
        GC.KeepAlive(peerNamespace);
        return GetLink(settings.Name);
    }

    /// <summary>Makes a VXLAN link born in <paramref name="home"/>; its UDP socket stays in this socket's
    /// namespace.</summary>
    /// <remarks>Learns nothing, floods nothing, answers ARP from its neighbour table.</remarks>
    public void CreateVxlan(VxlanSettings settings, NetNamespace home)
    {
        const int IFLA_VXLAN_ID = 1, IFLA_VXLAN_PROXY = 11;

        netlink.Execute(
            new NetlinkMessage(RTM_NEWLINK, Create, $"create vxlan link {settings.Name} with vni {settings.Vni}")
                .Struct(default(IfInfo))
                .Add(IFLA_IFNAME, settings.Name).Add(IFLA_MTU, settings.Mtu).Add(IFLA_NET_NS_FD, home.Descriptor)
                .Nest(IFLA_LINKINFO, info => info.Add(IFLA_INFO_KIND, "vxlan").Nest(IFLA_INFO_DATA, data => data
                    .Add(IFLA_VXLAN_ID, settings.Vni)
                    .Add(FamilyOf(settings.Local) == AF_INET6 ? IFLA_VXLAN_LOCAL6 : IFLA_VXLAN_LOCAL, settings.Local)
                    .AddBigEndian(IFLA_VXLAN_PORT, settings.Port)
                    .Add(IFLA_VXLAN_LEARNING, (byte)0).Add(IFLA_VXLAN_PROXY, (byte)1))));
        GC.KeepAlive(home);
    }

    public void SetVxlanLearning(string name, bool learns) =>
        netlink.Execute(new NetlinkMessage(RTM_NEWLINK, NetlinkFlags.None, $"set learning of vxlan link {name}")
            .Struct(default(IfInfo)).Add(IFLA_IFNAME, name)
            .Nest(IFLA_LINKINFO, info => info.Add(IFLA_INFO_KIND, "vxlan")
                .Nest(IFLA_INFO_DATA, data => data.Add(IFLA_VXLAN_LEARNING, (byte)(learns ? 1 : 0)))));

    public void SetUp(string name) => netlink.Execute(UpMessage(name));

    public void SetDown(string name) =>
        netlink.Execute(new NetlinkMessage(RTM_NEWLINK, NetlinkFlags.None, $"set link {name} down")
            .Struct(new IfInfo { Change = IFF_UP }).Add(IFLA_IFNAME, name));

    public void SetMaster(string name, int master) =>
        netlink.Execute(new NetlinkMessage(RTM_NEWLINK, NetlinkFlags.None, $"set master of link {name}")
            .Struct(default(IfInfo)).Add(IFLA_IFNAME, name).Add(IFLA_MASTER, master));

    public void SetMtu(string name, int mtu) =>
        netlink.Execute(new NetlinkMessage(RTM_NEWLINK, NetlinkFlags.None, $"set mtu of link {name} to {mtu}")
            .Struct(default(IfInfo)).Add(IFLA_IFNAME, name).Add(IFLA_MTU, mtu));

    public void SetAlias(string name, string alias) => netlink.Execute(AliasMessage(name, alias));

    /// <summary>Sets what a bridge does on one of its ports.</summary>
    public void SetPort(int index, BridgePortSettings settings)
    {
        netlink.Execute(
            new NetlinkMessage(RTM_SETLINK, NetlinkFlags.None, $"set bridge port {index}")
                .Struct(new IfInfo { Family = AF_BRIDGE, Index = index })
                .Nest(IFLA_PROTINFO, port => port
                    .Add(IFLA_BRPORT_MODE, Bit(settings.Hairpin)).Add(IFLA_BRPORT_LEARNING, Bit(settings.Learning))
                    .Add(IFLA_BRPORT_UNICAST_FLOOD, Bit(settings.UnicastFlood))
                    .Add(IFLA_BRPORT_MCAST_FLOOD, Bit(settings.MulticastFlood))
                    .Add(IFLA_BRPORT_BCAST_FLOOD, Bit(settings.BroadcastFlood))
                    .Add(IFLA_BRPORT_GROUP_FWD_MASK, settings.BridgesReserved ? AllReserved : (ushort)0)
                    .Add(IFLA_BRPORT_ISOLATED, Bit(settings.Isolated))));
    }

    /// <summary>Deletes a link; absent counts as done.</summary>
    public void DeleteLink(string name) =>
        netlink.Execute(new NetlinkMessage(RTM_DELLINK, NetlinkFlags.None, $"delete link {name}")
        {
            Tolerated = [Errno.ENODEV],
        }.Struct(default(IfInfo)).Add(IFLA_IFNAME, name));

    private static NetlinkMessage UpMessage(string name) =>
        new NetlinkMessage(RTM_NEWLINK, NetlinkFlags.None, $"set link {name} up")
            .Struct(new IfInfo { Flags = IFF_UP, Change = IFF_UP }).Add(IFLA_IFNAME, name);

    private static NetlinkMessage AliasMessage(string name, string alias) =>
        new NetlinkMessage(RTM_NEWLINK, NetlinkFlags.None, $"mark link {name}")
            .Struct(default(IfInfo)).Add(IFLA_IFNAME, name).Add(IFLA_IFALIAS, alias);

    private static byte Bit(bool value) => value ? (byte)1 : (byte)0;

    private static LinkInfo ParseLink(byte[] payload)
    {
        var header = MemoryMarshal.Read<IfInfo>(payload);
        var attributes = new NetlinkAttributes(payload.AsSpan(Marshal.SizeOf<IfInfo>()));
        var info = attributes.Nested(IFLA_LINKINFO);
        var kind = info.Text(IFLA_INFO_KIND) ?? "";
        return new LinkInfo(
            header.Index,
            attributes.Text(IFLA_IFNAME) ?? "",
            attributes.Text(IFLA_IFALIAS) ?? "",
            kind,
            attributes.Int32(IFLA_MASTER) ?? 0,
            attributes.Int32(IFLA_MTU) ?? 0,
            attributes.Mac(IFLA_ADDRESS),
            (header.Flags & IFF_UP) != 0)
        {
            Parent = attributes.Int32(IFLA_LINK) ?? 0,
            IsParentElsewhere = attributes.Int32(IFLA_LINK_NETNSID) is not null,
            VlanId = VlanIdOf(info),
            HardwareType = header.Type,
            HasCarrier = (header.Flags & IFF_LOWER_UP) != 0,
            Port = info.Text(IFLA_INFO_SLAVE_KIND) == "bridge" ? ParsePort(info.Nested(IFLA_INFO_SLAVE_DATA)) : null,
            VxlanLocal = kind == "vxlan" ? LocalOf(info.Nested(IFLA_INFO_DATA)) : null,
            VxlanPort = kind == "vxlan" ? info.Nested(IFLA_INFO_DATA).BigEndianUInt16(IFLA_VXLAN_PORT) : null,
            VxlanLearns = kind == "vxlan" && info.Nested(IFLA_INFO_DATA).Byte(IFLA_VXLAN_LEARNING) == 1,
        };
    }

    private static IPAddress? LocalOf(NetlinkAttributes vxlan) =>
        vxlan.Address(IFLA_VXLAN_LOCAL) ?? vxlan.Address(IFLA_VXLAN_LOCAL6);

    private static BridgePortSettings ParsePort(NetlinkAttributes port) => new()
    {
        Hairpin = port.Byte(IFLA_BRPORT_MODE) == 1,
        Learning = port.Byte(IFLA_BRPORT_LEARNING) != 0,
        UnicastFlood = port.Byte(IFLA_BRPORT_UNICAST_FLOOD) != 0,
        MulticastFlood = port.Byte(IFLA_BRPORT_MCAST_FLOOD) != 0,
        BroadcastFlood = port.Byte(IFLA_BRPORT_BCAST_FLOOD) != 0,
        Isolated = port.Byte(IFLA_BRPORT_ISOLATED) == 1,
        BridgesReserved = port.UInt16(IFLA_BRPORT_GROUP_FWD_MASK) == AllReserved,
    };
}
