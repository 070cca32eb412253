namespace Orchestrator.Linux.Netlink;

/// <summary>Links that stand on another link: macvlan, ipvlan, VLAN and IPoIB sub-links; and links on nothing.</summary>
/// <remarks>A kernel without a kind answers EOPNOTSUPP, "Unknown device type".</remarks>
public sealed partial class RouteSocket
{
    private const int IFLA_VLAN_ID = 1;
    private const uint IFF_LOWER_UP = 1 << 16;

    /// <exception cref="NetlinkException">EEXIST: the name is taken in <paramref name="home"/>. EBUSY: the parent is in
    /// use in another way.</exception>
    public void CreateMacvlan(SublinkSettings settings, MacvlanMode mode, NetNamespace home)
    {
        const int IFLA_MACVLAN_MODE = 1;
        CreateSublink(settings, "macvlan", data => data.Add(IFLA_MACVLAN_MODE, (int)mode), home);
    }

    /// <inheritdoc cref="CreateMacvlan"/>
    public void CreateIpvlan(SublinkSettings settings, IpvlanMode mode, IpvlanFlag flag, NetNamespace home)
    {
        const int IFLA_IPVLAN_MODE = 1, IFLA_IPVLAN_FLAGS = 2;
        CreateSublink(
            settings, "ipvlan",
            data => data.AddUInt16(IFLA_IPVLAN_MODE, (ushort)mode).AddUInt16(IFLA_IPVLAN_FLAGS, (ushort)flag), home);
    }

    /// <param name="partition">Partition key; null: that of the parent.</param>
    /// <inheritdoc cref="CreateMacvlan"/>
    public void CreateIpoib(SublinkSettings settings, ushort? partition, NetNamespace home)
    {
        const int IFLA_IPOIB_PKEY = 1;
        CreateSublink(
            settings, "ipoib",
            data =>
            {
                if (partition is { } key)
                    data.AddUInt16(IFLA_IPOIB_PKEY, key);
            }, home);
    }

    /// <summary>Makes a link that sends and receives the frames of its parent that carry a tag; up, in this
    /// namespace.</summary>
    public LinkInfo CreateVlan(SublinkSettings settings, int id)
    {
        CreateSublink(settings, "vlan", data => data.AddUInt16(IFLA_VLAN_ID, (ushort)id), home: null);
        SetUp(settings.Name);
        return GetLink(settings.Name);
    }

    /// <summary>Makes a WireGuard link, without key and down; its UDP socket is of this namespace.</summary>
    /// <param name="alias">Mark put on it; empty: none.</param>
    public void CreateWireGuard(string name, string alias)
    {
        netlink.Execute(new NetlinkMessage(RTM_NEWLINK, Create, $"create wireguard link {name}")
            .Struct(default(IfInfo)).Add(IFLA_IFNAME, name)
            .Nest(IFLA_LINKINFO, info => info.Add(IFLA_INFO_KIND, "wireguard")));
        if (alias.Length > 0)
            SetAlias(name, alias);
    }

    /// <summary>Makes a link that swallows what it is given.</summary>
    public void CreateDummy(string name, string alias, MacAddress? mac)
    {
        var message = new NetlinkMessage(RTM_NEWLINK, Create, $"create dummy link {name}")
            .Struct(default(IfInfo)).Add(IFLA_IFNAME, name);
        if (mac is { } address)
            message.Add(IFLA_ADDRESS, address);
        netlink.Execute([message.Nest(IFLA_LINKINFO, info => info.Add(IFLA_INFO_KIND, "dummy")),
            AliasMessage(name, alias)]);
    }

    private void CreateSublink(
        SublinkSettings settings, string kind, Action<NetlinkMessage> data, NetNamespace? home)
    {
        var message = new NetlinkMessage(RTM_NEWLINK, Create, $"create {kind} link {settings.Name}")
            .Struct(default(IfInfo))
            .Add(IFLA_IFNAME, settings.Name).Add(IFLA_LINK, settings.Parent);
        if (settings.Mtu is { } mtu)
            message.Add(IFLA_MTU, mtu);
        if (settings.Mac is { } mac)
            message.Add(IFLA_ADDRESS, mac);
        if (home is not null)
            message.Add(IFLA_NET_NS_FD, home.Descriptor);
        netlink.Execute(message.Nest(
            IFLA_LINKINFO, info => info.Add(IFLA_INFO_KIND, kind).Nest(IFLA_INFO_DATA, data)));
        GC.KeepAlive(home);
        if (home is null)
        {
            SetAlias(settings.Name, settings.Alias);
            return;
        }

        using var inside = Open(home);
        inside.SetAlias(settings.Name, settings.Alias);
    }

    private static int? VlanIdOf(NetlinkAttributes linkInfo) =>
        linkInfo.Text(IFLA_INFO_KIND) == "vlan" ? linkInfo.Nested(IFLA_INFO_DATA).UInt16(IFLA_VLAN_ID) : null;
}
