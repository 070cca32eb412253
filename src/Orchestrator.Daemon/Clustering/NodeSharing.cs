using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Orchestrator.Agent;
using Orchestrator.Agent.Sharing;
using Orchestrator.Images.Sharing;
using Orchestrator.Security;

namespace Orchestrator.Daemon.Clustering;

/// <summary>A member's sharing of image layers with other nodes: what it takes, and what it gives.</summary>
internal sealed class NodeSharing : IDisposable
{
    private readonly ClusterState state;
    private readonly IdentitySource identity;
    private readonly NodeAgent agent;
    private readonly MembershipServices services;
    private readonly ILogger<NodeSharing> logger;

    public NodeSharing(
        ClusterPaths paths, ClusterState state, IdentitySource identity, ManagerChannels channels, NodeAgent agent,
        MembershipServices services)
    {
        (this.state, this.identity, this.agent, this.services) = (state, identity, agent, services);
        logger = services.Loggers.CreateLogger<NodeSharing>();
        Shared.Use(paths.Shared);
        Exchange = new BlobExchange(Shared, identity, channels, () => agent.Manager, services.Time);
    }

    public BlobExchange Exchange { get; }

    private SharedBlobs Shared => services.Node.Images.Shared;

    /// <param name="gives">Whether this node is to announce what it has.</param>
    public async Task RunAsync(Func<bool> gives, CancellationToken cancellationToken)
    {
        var server = await TryServeAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await Exchange.RunAsync(gives, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (server is not null)
                await server.DisposeAsync().ConfigureAwait(false);
        }
    }

    public void Dispose()
    {
        Shared.Use(null);
        Exchange.Dispose();
    }

    /// <summary>A node that cannot listen takes all the same.</summary>
    private async Task<PeerServer?> TryServeAsync(CancellationToken cancellationToken)
    {
        if (services.Uploads.BytesPerSecond == 0)
            return null;
        try
        {
            var server = await PeerServer.StartAsync(
                new IPEndPoint(IPEndPoint.Parse(state.ListenAddress).Address, PeerServer.Port), Shared, services.Uploads, identity,
                id => agent.Session?.RemovedNodeIds.Contains(id.Value) == true, services.Time, services.Loggers,
                cancellationToken).ConfigureAwait(false);
            Exchange.Address = Addresses.Join(state.AdvertiseAddress, PeerServer.Port);
            return server;
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            logger.CannotGive(PeerServer.Port, e.Message);
            return null;
        }
    }
}
