using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Orchestrator.Daemon.Configuration;
using Orchestrator.Daemon.Startup;
using Orchestrator.Daemon.Startup.AppArmor;
using Orchestrator.Build;
using Orchestrator.Engine;
using Orchestrator.Images;
using Orchestrator.Images.Distribution;
using Orchestrator.Network;

namespace Orchestrator.Daemon.Hosting;

/// <summary>The engine and what it stands on: all of the node that knows no cluster.</summary>
internal sealed class NodeServices : IAsyncDisposable
{
    private NodeServices(ImageService images, NodeNetwork network, ContainerEngine engine, ImageBuilder builder) =>
        (Images, Network, Engine, Builder) = (images, network, engine, builder);

    public ImageService Images { get; }

    public NodeNetwork Network { get; }

    public ContainerEngine Engine { get; }

    public ImageBuilder Builder { get; }

    /// <summary>
    /// Opens from the ground up; when it returns, the containers of an earlier daemon are known again.
    /// </summary>
    public static async Task<NodeServices> OpenAsync(
        DaemonOptions options, IClusterRegistry? registry, ILoggerFactory logging, CancellationToken cancellationToken)
    {
        var images = await ImageService.OpenAsync(ImagesOf(options), registry, TimeProvider.System, cancellationToken);
        var builds = BuildStore.Open(options.DataRoot, options.ExecRoot, images, TimeProvider.System);
        var network = new NodeNetwork(NetworkOf(options));
        var logger = logging.CreateLogger("Orchestrator.Daemon");
        network.Drifted += drifts => DriftLog.Write(logger, drifts);
        var (profile, fault) = DefaultProfile.Load();
        if (fault.Length > 0)
            logger.SettingWithoutEffect(fault);
        var settings = EngineOf(options) with { Apparmor = profile };
        if (await RuntimeProgram.FaultAsync(settings.RuntimePath, cancellationToken) is { Length: > 0 } misfit)
            logger.RuntimeDoesNotFit(misfit);
        var engine = await ContainerEngine.OpenAsync(
            settings, new EngineServices(images, network, TimeProvider.System, logging), cancellationToken);
        if (network.PendingSettings.Length > 0)
            logger.SettingWithoutEffect(network.PendingSettings);
        var node = new NodeServices(images, network, engine, new ImageBuilder(builds, images, engine.Steps));
        node.Use(options);
        return node;
    }

    /// <summary>From the top down. Nothing that runs is touched.</summary>
    public async ValueTask DisposeAsync()
    {
        await Engine.DisposeAsync();
        await Network.DisposeAsync();
        await Images.DisposeAsync();
    }

    /// <summary>What of a node that runs can change: how it reaches registries, and what builds keep.</summary>
    public void Use(DaemonOptions options)
    {
        Images.Use(ImagesOf(options));
        Builder.Store.CacheBytes = options.CollectsBuildCache ? options.BuildCacheBytes : long.MaxValue;
    }

    private static ImageOptions ImagesOf(DaemonOptions options) => new()
    {
        DataRoot = options.DataRoot,
        InsecureRegistries = [.. options.InsecureRegistries],
        RegistryMirrors = [.. options.RegistryMirrors.Select(mirror => new Uri(mirror))],
        ConcurrentDownloads = options.MaxConcurrentDownloads,
        ConcurrentUploads = options.MaxConcurrentUploads,
        TransferAttempts = options.MaxDownloadAttempts,
    };

    private static NodeNetworkOptions NetworkOf(DaemonOptions options) => new()
    {
        DataRoot = options.DataRoot,
        ExecRoot = options.ExecRoot,
        HelperPath = Companions.Find("orch-net", options.NetHelperPath, "net-helper-path"),
        Bridge = options.Bridge,
        BridgeIp = options.BridgeIp,
        FixedCidr = options.FixedCidr,
        IPv6 = options.IPv6,
        BridgeIp6 = options.BridgeIp6,
        FixedCidr6 = options.FixedCidr6,
        Icc = options.Icc,
        IpMasq = options.IpMasq,
        NetworkOptions = options.NetworkOptions.ToImmutableDictionary(),
        Mtu = options.Mtu,
        UnderlayMtu = options.Mtu == new DaemonOptions().Mtu ? null : options.Mtu,
        Pools = SubnetPool.Complete(options.AddressPools, NodeIdentity.ReadOrMake(options.DataRoot)),
        DnsServers = [.. options.Dns],
        OwnPorts = [.. NodeNetworkOptions.ClusterPorts.Union(PortsOf(options))],
    };

    /// <summary>Of the API, but where it listens at the containers' own gateway: there it was put for them.</summary>
    private static IEnumerable<int> PortsOf(DaemonOptions options) => options.Hosts
        .Select(host => Uri.TryCreate(host, UriKind.Absolute, out var uri) && uri.Scheme == "tcp" ? uri : null)
        .OfType<Uri>().Where(uri => uri.Port > 0 && options.BridgeIp?.Split('/')[0] != uri.Host).Select(uri => uri.Port);

    private static EngineOptions EngineOf(DaemonOptions options) =>
        EngineSettings.Of(options, Companions.Find("orch-runtime", options.RuntimePath, "runtime-path")) with
        {
            HelperPath = Companions.Find("orch-net", options.NetHelperPath, "net-helper-path"),
        };
}
