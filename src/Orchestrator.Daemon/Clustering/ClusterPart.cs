using System.Net;
using Microsoft.AspNetCore.Builder;
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

    private readonly NodeDescriber describer;
    private readonly IPEndPoint? plainAddress;
    private readonly ILoggerFactory loggers;
    private WebApplication? plain;

    private ClusterPart(DaemonOptions options, ImageRegistry registry, ClusterNode node, NodeDescriber describer,
        ILoggerFactory loggers)
    {
        (this.registry, this.describer, this.loggers) = (registry, describer, loggers);
        plainAddress = options.RegistryListen is { } text ? IPEndPoint.Parse(text) : null;
        Node = node;
    }

    public ImageRegistry Registry => registry;

    public ClusterNode Node { get; }

    public static ClusterPart Open(
        DaemonOptions options, NodeServices node, ClusterRegistry registries, ILoggerFactory loggers)
    {
        var time = TimeProvider.System;
        // Also on a worker: it may have been a manager, and only its registry knows which of its blobs are still named.
        var registry = new ImageRegistry(
            new RegistryOptions { Root = Path.Combine(options.DataRoot, "registry") }, node.Images.Content,
            registries, time);
        var describer = new NodeDescriber(BuildInfo.Version, options.Labels);
        var services = new MembershipServices(node, registry, describer, time, loggers);
        var cluster = new ClusterNode(
            new ClusterPaths(Path.Combine(options.DataRoot, "swarm")), services, loggers.CreateLogger<ClusterNode>())
        {
            DefaultAdvertise = options.AdvertiseAddress,
        };
        cluster.Changed += membership => registries.Use(membership, time);
        return new ClusterPart(options, registry, cluster, describer, loggers);
    }

    /// <summary>What can change while it runs: the labels that placement sees.</summary>
    public void Use(DaemonOptions options) => describer.Use(options.Labels);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (plainAddress is not null)
            plain = await RegistryServer.StartPlainAsync(registry, plainAddress, loggers, cancellationToken)
                .ConfigureAwait(false);
        await Node.StartAsync(cancellationToken).ConfigureAwait(false);
        tidying = registry.RunAsync(ended.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await ended.CancelAsync().ConfigureAwait(false);
        await Node.StopAsync().ConfigureAwait(false);
        if (plain is not null)
            await plain.DisposeAsync().ConfigureAwait(false);
        await tidying.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        registry.Dispose();
        ended.Dispose();
    }
}
