using Orchestrator.Linux.Netlink;
using Orchestrator.Linux.Nftables;
using Orchestrator.Network.Mending;

namespace Orchestrator.Network.Hosting;

/// <summary>The network namespace that the node itself lives in, whichever thread asks.</summary>
/// <remarks>It is the process's own in a daemon, and another in a test that plays several hosts.</remarks>
internal sealed class HostSpace : IDisposable
{
    private const string Process = "/proc/self/ns/net", Thread = "/proc/thread-self/ns/net";

    private readonly NftSession nft;
    private readonly NftSocket elements;
    private readonly bool isOurs = new FileInfo(Process).LinkTarget == new FileInfo(Thread).LinkTarget;

    /// <summary>That of the calling thread.</summary>
    public HostSpace()
    {
        Namespace = NetNamespace.OpenSelf();
        Route = RouteSocket.Open();
        nft = NftSession.Open();
        elements = NftSocket.Open();
    }

    public NetNamespace Namespace { get; }

    public RouteSocket Route { get; }

    /// <summary>Does the host hand bridged frames to the IP firewall? Its own affair, others may count on it.</summary>
    /// <remarks>
    /// If so, a container's packet to a port published by itself is translated inside the bridge and must leave by the
    /// port it came from, which a bridge only does in hairpin mode.
    /// </remarks>
    public bool CallsIptablesForBridges => Run(() =>
    {
        const string setting = "/proc/sys/net/bridge/bridge-nf-call-iptables";
        return File.Exists(setting) && File.ReadAllText(setting).Trim() != "0";
    });

    /// <summary>A kernel may have been built or started without it.</summary>
    public bool HasIPv6 { get; } = Directory.Exists("/proc/sys/net/ipv6");

    /// <exception cref="NftException">Nothing of the script was applied.</exception>
    public void Apply(string nftScript) => nft.Run(nftScript);

    /// <exception cref="NftException">None was changed.</exception>
    public void Apply(NftBatch batch) => elements.Apply(batch);

    /// <inheritdoc cref="Sysctl.Set"/>
    public void Set(string path, string value) => Run(() =>
    {
        Sysctl.Set(path, value);
        return 0;
    });

    /// <inheritdoc cref="Sysctl.TrySet"/>
    public void TrySet(WantedSetting setting) => Run(() =>
    {
        Sysctl.TrySet(setting.Path, setting.Value);
        return 0;
    });

    public T Run<T>(Func<T> work) => isOurs ? work() : Namespace.Run(work);

    public void Dispose()
    {
        elements.Dispose();
        nft.Dispose();
        Route.Dispose();
        Namespace.Dispose();
    }
}
