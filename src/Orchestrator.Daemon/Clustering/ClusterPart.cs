using Microsoft.Extensions.Logging;
using Orchestrator.Daemon.Configuration;
using Orchestrator.Daemon.Hosting;
using Orchestrator.Registry;

namespace Orchestrator.Daemon.Clustering;

/// <summary>All of the daemon that knows of clusters, put together.</summary>
internal sealed class ClusterPart : IAsyncDisposable
{
    private readonly ImageRegistry registry;
    private readonly CancellationTokenSource ended = new();
    private Task tidying = Task.CompletedTask;

    private ClusterPart(ImageRegistry registry, ClusterNode node)
    {
        this.registry = registry;
        Node = node;
    }

    public ClusterNode Node { get; }

    public static ClusterPart Open(
        DaemonOptions options, NodeServices node, ClusterRegistry registries, ILoggerFactory loggers)
    {
        var time = TimeProvider.System;
        // Also on a worker: it may have been a manager, and only its registry knows which of its blobs are still named.
        var registry = new ImageRegistry(
            new RegistryOptions { Root = Path.Combine(options.DataRoot, "registry") }, node.Images.Content,
            registries, time);
        var services = new MembershipServices(
            node, registry, new NodeDescriber(BuildInfo.Version, options.Labels), time, loggers);
        var cluster = new ClusterNode(
            new ClusterPaths(Path.Combine(options.DataRoot, "swarm")), services, loggers.CreateLogger<ClusterNode>());
        cluster.Changed += membership => registries.Use(membership, time);
        return new ClusterPart(registry, cluster);
    }

    public void Start()
    {
        Node.Start();
        tidying = registry.RunAsync(ended.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await ended.CancelAsync().ConfigureAwait(false);
        await Node.StopAsync().ConfigureAwait(false);
        await tidying.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        registry.Dispose();
        ended.Dispose();
    }
}
