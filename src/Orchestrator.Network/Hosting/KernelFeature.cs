using Orchestrator.Linux;
using Orchestrator.Linux.Netlink;

namespace Orchestrator.Network.Hosting;

/// <summary>What not every kernel has: asked for by doing it, and named when it is not there.</summary>
internal static class KernelFeature
{
    /// <param name="feature">Its name and module: <c>802.1Q VLANs (module 8021q)</c>.</param>
    /// <param name="user">What needs it, as the user typed it.</param>
    public static T Need<T>(string feature, string user, Func<T> make)
    {
        try
        {
            return make();
        }
        catch (NetlinkException e) when (e.Errno == Errno.ENOTSUP)
        {
            throw Missing(feature, user, e);
        }
    }

    public static void Need(string feature, string user, Action make) => Need(feature, user, () =>
    {
        make();
        return 0;
    });

    public static NetworkException Missing(string feature, string user, Exception? cause = null) => new(
        NetworkFault.Kernel, $"the kernel of this host has no {feature}, which {user} needs; load it, or use a host that has it",
        cause);
}
