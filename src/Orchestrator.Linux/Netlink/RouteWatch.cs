namespace Orchestrator.Linux.Netlink;

/// <summary>Tells whether links, their queues, addresses, routes, rules or neighbours of one namespace changed. Source:
/// rtnetlink(7).</summary>
/// <remarks>Asking costs one system call when nothing did, so a namespace can be looked after without listing
/// it.</remarks>
public sealed class RouteWatch : IDisposable
{
    private const int NETLINK_ROUTE = 0;
    private const int RTNLGRP_LINK = 1, RTNLGRP_NEIGH = 3, RTNLGRP_TC = 4, RTNLGRP_IPV4_IFADDR = 5, RTNLGRP_IPV4_ROUTE = 7;
    private const int RTNLGRP_IPV4_RULE = 8, RTNLGRP_IPV6_IFADDR = 9, RTNLGRP_IPV6_ROUTE = 11, RTNLGRP_IPV6_RULE = 19;

    private readonly NetlinkSocket netlink = new(NETLINK_ROUTE);

    private RouteWatch()
    {
    }

    /// <summary>For the namespace of the calling thread.</summary>
    /// <param name="neighbours">Where they are static alone: elsewhere every resolved address would be a
    /// change.</param>
    public static RouteWatch Open(bool neighbours)
    {
        var watch = new RouteWatch();
        foreach (var group in new[]
        {
            RTNLGRP_LINK, RTNLGRP_TC, RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV4_ROUTE, RTNLGRP_IPV4_RULE,
            RTNLGRP_IPV6_IFADDR, RTNLGRP_IPV6_ROUTE, RTNLGRP_IPV6_RULE,
        })
            watch.netlink.Join(group);
        if (neighbours)
            watch.netlink.Join(RTNLGRP_NEIGH);
        return watch;
    }

    /// <returns>Did anything change since it was opened or last asked?</returns>
    public bool Drain() => netlink.Drain();

    public void Dispose() => netlink.Dispose();
}
