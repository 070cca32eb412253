using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using Orchestrator.Agent.Sharing;
using Orchestrator.Daemon.Configuration;
using Orchestrator.Daemon.Hosting;
using Orchestrator.EngineApi.Swarm;
using Orchestrator.Registry;
using Orchestrator.Registry.Upstream;

namespace Orchestrator.Daemon.Clustering;

/// <summary>All of the daemon that knows of clusters, put together.</summary>
internal sealed class ClusterPart : IAsyncDisposable
{
    private readonly ImageRegistry alone;
    private readonly CancellationTokenSource ended = new();
    private Task tidying = Task.CompletedTask;

    private readonly NodeDescriber describer;
    private readonly IPEndPoint? plainAddress;
    private readonly ILoggerFactory loggers;
    private readonly PullThroughCache? cache;
    private WebApplication? plain;

    private ClusterPart(DaemonOptions options, ImageRegistry registry, PullThroughCache? cache, ClusterNode node,
        NodeDescriber describer, ILoggerFactory loggers)
    {
        (alone, this.cache, this.describer, this.loggers) = (registry, cache, describer, loggers);
        plainAddress = options.RegistryListen is { } text ? IPEndPoint.Parse(text) : null;
        Node = node;
    }

    /// <summary>The cluster's, while this node is a manager; else one of its own. Null: the cluster's is not there yet,
    /// and what one of its own would take or tell is nobody's.</summary>
    public ImageRegistry? Registry => Node.Membership is { IsManager: true } member ? member.Manager?.Registry
        : Node.Info.State == ClusterNodeState.Error ? null : alone;

    public ClusterNode Node { get; }

    public static ClusterPart Open(
        DaemonOptions options, NodeServices node, ClusterRegistry registries, ILoggerFactory loggers)
    {
        var time = TimeProvider.System;
        var paths = new ClusterPaths(Path.Combine(options.DataRoot, "swarm"));
        var root = Path.Combine(options.DataRoot, "registry");
        RegistryFolders.Open(paths, root, node.Images.Content);
        var registry = ImageRegistry.Alone(
            RegistryFolders.Options(root, new RegistryOptions { Root = root }.Owner, loggers), node.Images.Content, time);
        var describer = new NodeDescriber(
            BuildInfo.Version, options.Labels, node.Network.WireGuardPublicKey, node.Network.EspEpoch,
            node.Network.ListConfigParents);
        var cache = RegistryCache.Open(options, node.Images.Content, time);
        // Of all names, it would leave the cluster none.
        var ofCluster = options.RegistryProxy.Namespace.Length > 0 ? cache : null;
        var services = new MembershipServices(
            node, registry, ofCluster, registries, describer, new UploadRate(options.PeerUploadRate, time), time,
            loggers);
        var cluster = new ClusterNode(paths, services, loggers.CreateLogger<ClusterNode>())
        {
            DefaultAdvertise = options.AdvertiseAddress,
        };
        cluster.Changed += membership => registries.Use(membership, time);
        return new ClusterPart(options, registry, cache, cluster, describer, loggers);
    }

    /// <summary>What can change while it runs: the labels that placement sees.</summary>
    public void Use(DaemonOptions options) => describer.Use(options.Labels);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await Node.StartAsync(cancellationToken).ConfigureAwait(false);
        if (plainAddress is not null) // Only now it is known whose names it serves.
        {
            plain = await RegistryServer.StartPlainAsync(() => Registry, plainAddress, cache, loggers, cancellationToken)
                .ConfigureAwait(false);
        }

        tidying = Task.WhenAll(
            alone.RunAsync(ended.Token), cache?.RunAsync(ended.Token) ?? Task.CompletedTask);
    }

    public async ValueTask DisposeAsync()
    {
        await ended.CancelAsync().ConfigureAwait(false);
        await Node.StopAsync().ConfigureAwait(false);
        if (plain is not null)
            await plain.DisposeAsync().ConfigureAwait(false);
        await tidying.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (cache is not null)
            await cache.DisposeAsync().ConfigureAwait(false);
        alone.Dispose();
        ended.Dispose();
    }
}
