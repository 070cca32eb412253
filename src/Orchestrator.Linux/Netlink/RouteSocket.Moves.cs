namespace Orchestrator.Linux.Netlink;

/// <summary>Changes of a link that is there.</summary>
public sealed partial class RouteSocket
{
    /// <summary>Gives a link to another namespace, where it is down and has no addresses.</summary>
    /// <param name="otherName">What it is called there when its own name is taken.</param>
    /// <exception cref="NetlinkException">EINVAL: links of this kind cannot move, or never out of the host.</exception>
    public void Move(LinkInfo link, NetNamespace target, string otherName)
    {
        netlink.Execute(
            new NetlinkMessage(RTM_NEWLINK, NetlinkFlags.None, $"move link {link.Name}")
                .Struct(new IfInfo { Index = link.Index })
                .Add(IFLA_NET_NS_FD, target.Descriptor).Add(IFLA_IFNAME, otherName));
        GC.KeepAlive(target);
    }

    /// <summary>The link must be down.</summary>
    /// <exception cref="NetlinkException">EEXIST: the name is taken.</exception>
    public void Rename(int index, string name) =>
        netlink.Execute(new NetlinkMessage(RTM_NEWLINK, NetlinkFlags.None, $"rename link {index} to {name}")
            .Struct(new IfInfo { Index = index }).Add(IFLA_IFNAME, name));

    public void SetMac(string name, MacAddress mac) =>
        netlink.Execute(new NetlinkMessage(RTM_NEWLINK, NetlinkFlags.None, $"set address of link {name} to {mac}")
            .Struct(default(IfInfo)).Add(IFLA_IFNAME, name).Add(IFLA_ADDRESS, mac));
}
