namespace Orchestrator.Linux.Netlink;

/// <summary>Links, addresses, routes and neighbours of one network namespace, by rtnetlink; no process is
/// forked.</summary>
/// <remarks>
/// Opened in the namespace it serves; usable from any thread. "Ensure" methods succeed when the thing is there already.
/// Numbers are those of linux/if_link.h, if_addr.h, rtnetlink.h and neighbour.h.
/// </remarks>
public sealed partial class RouteSocket : IDisposable
{
    private const int NETLINK_ROUTE = 0;
    private const byte AF_INET = 2, AF_BRIDGE = 7;

    private readonly NetlinkSocket netlink = new(NETLINK_ROUTE);

    private RouteSocket()
    {
    }

    /// <summary>For the namespace of the calling thread.</summary>
    public static RouteSocket Open() => new();

    public static RouteSocket Open(NetNamespace ns) => ns.Run(Open);

    public void Dispose() => netlink.Dispose();
}
