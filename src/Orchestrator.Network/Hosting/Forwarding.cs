namespace Orchestrator.Network.Hosting;

/// <summary>Makes the host a router of IPv6, and lets it be configured by its own router as before.</summary>
internal static class Forwarding
{
    public const string Path = "ipv6/conf/all/forwarding";

    /// <remarks>
    /// A kernel that forwards stops to listen to routers on links whose accept_ra is 1, and a host that has its address
    /// and default route from one would lose both after some minutes. With 2 it listens all the same. Source:
    /// ip-sysctl.rst, accept_ra.
    /// </remarks>
    public static void EnableIPv6(HostSpace host) => host.Run(() =>
    {
        if (Sysctl.Get(Path) == "1")
            return 0;
        foreach (var folder in Directory.GetDirectories("/proc/sys/net/ipv6/conf"))
        {
            var link = System.IO.Path.GetFileName(folder);
            if (link is not ("all" or "lo") && Sysctl.Get($"ipv6/conf/{link}/accept_ra") == "1")
                Sysctl.Set($"ipv6/conf/{link}/accept_ra", "2");
        }

        Sysctl.Set(Path, "1");
        return 0;
    });
}
