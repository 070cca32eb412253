using System.Runtime.InteropServices;

namespace Orchestrator.Linux.Netlink;

/// <summary>What arrives by one link is led through another's queue. Source: linux/pkt_cls.h, tc_act/tc_mirred.h.</summary>
public sealed partial class RouteSocket
{
    private const ushort RTM_NEWTFILTER = 44, RTM_DELTFILTER = 45, RTM_GETTFILTER = 46;
    private const int TCA_U32_SEL = 5, TCA_U32_ACT = 7, TCA_ACT_KIND = 1, TCA_ACT_OPTIONS = 2, TCA_MIRRED_PARMS = 2;
    private const int TC_ACT_STOLEN = 4, TCA_EGRESS_REDIR = 1;
    private const uint IngressHandle = 0xffff0000;

    // Priority 1 in the upper half, all protocols (ETH_P_ALL, in the order of the wire) in the lower.
    private const uint EverythingFirst = 1 << 16 | 0x0300;

    /// <summary>Makes a link whose only use is its queue, up; there already counts as done.</summary>
    public LinkInfo EnsureIfb(string name, string alias)
    {
        netlink.Execute(
        [
            new NetlinkMessage(RTM_NEWLINK, Create, $"create link {name}") { Tolerated = [Errno.EEXIST] }
                .Struct(default(IfInfo)).Add(IFLA_IFNAME, name)
                .Nest(IFLA_LINKINFO, info => info.Add(IFLA_INFO_KIND, "ifb")),
            AliasMessage(name, alias),
            UpMessage(name),
        ]);
        return GetLink(name);
    }

    /// <summary>Sends all that arrives by a link out of another one; from there it goes on as if it had just
    /// arrived.</summary>
    public void Redirect(int link, int through)
    {
        var matchAll = new byte[16 + 16]; // struct tc_u32_sel with one key: nothing masked, so that all match.
        (matchAll[0], matchAll[2]) = (1, 1); // TC_U32_TERMINAL, one key
        var mirred = new byte[28]; // struct tc_mirred: index, capab, action, refcnt, bindcnt, eaction, ifindex
        BitConverter.TryWriteBytes(mirred.AsSpan(8), TC_ACT_STOLEN);
        BitConverter.TryWriteBytes(mirred.AsSpan(20), TCA_EGRESS_REDIR);
        BitConverter.TryWriteBytes(mirred.AsSpan(24), through);
        StopRedirect(link);
        netlink.Execute(
        [
            Traffic(RTM_NEWQDISC, Create, "make ingress queue",
                new TrafficPlace(link, TrafficPlace.Ingress, IngressHandle)).Add(TCA_KIND, "ingress"),
            new NetlinkMessage(RTM_NEWTFILTER, Create, "redirect what arrives")
                .Struct(new TcMsg { Index = link, Parent = IngressHandle, Info = EverythingFirst })
                .Add(TCA_KIND, "u32")
                .Nest(TCA_OPTIONS, options => options.Add(TCA_U32_SEL, matchAll)
                    .Nest(TCA_U32_ACT, actions => actions.Nest(1, action => action
                        .Add(TCA_ACT_KIND, "mirred")
                        .Nest(TCA_ACT_OPTIONS, parms => parms.Add(TCA_MIRRED_PARMS, mirred))))),
        ]);
    }

    /// <summary>Absent counts as done.</summary>
    public void StopRedirect(int link) => DeleteQueue(new TrafficPlace(link, TrafficPlace.Ingress, IngressHandle));

    /// <summary>Absent counts as done.</summary>
    public void DeleteQueue(TrafficPlace place) =>
        netlink.Execute(new NetlinkMessage(RTM_DELQDISC, NetlinkFlags.None, "delete qdisc")
        {
            Tolerated = [Errno.ENOENT, Errno.EINVAL, Errno.ENODEV],
        }.Struct(new TcMsg { Index = place.Link, Parent = place.Parent, Handle = place.Handle }));

    /// <returns>Index of the link that what arrives is redirected to; null: it is not.</returns>
    public int? RedirectOf(int link) =>
        netlink.Dump(new NetlinkMessage(RTM_GETTFILTER, NetlinkFlags.None, "list filters")
                .Struct(new TcMsg { Index = link, Parent = IngressHandle }))
            .Select(TargetOf).OfType<int>().Select(static index => (int?)index).FirstOrDefault();

    private static int? TargetOf(byte[] payload)
    {
        var actions = new NetlinkAttributes(payload.AsSpan(Marshal.SizeOf<TcMsg>())).Nested(TCA_OPTIONS).Nested(TCA_U32_ACT);
        var parms = actions.Nested(1).Nested(TCA_ACT_OPTIONS)[TCA_MIRRED_PARMS];
        return parms.Length >= 28 ? BitConverter.ToInt32(parms[24..]) : null;
    }
}
