using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orchestrator.Manager;
using Orchestrator.Model;
using Orchestrator.Security;
using Orchestrator.Store;
using Orchestrator.Store.Host;

namespace Orchestrator.Daemon.Clustering;

/// <summary>The manager's half of this node: raft member, store, loops, and the gRPC server that other nodes dial.</summary>
internal sealed class ManagerHost : IAsyncDisposable
{
    private readonly CancellationTokenSource ended = new();
    private readonly RaftHost raft;
    private readonly ObjectStore store;
    private readonly ClusterManager manager;
    private WebApplication? server;
    private Task running = Task.CompletedTask;

    private ManagerHost(RaftHost raft, ObjectStore store, ClusterManager manager)
    {
        this.raft = raft;
        this.store = store;
        this.manager = manager;
    }

    /// <summary>Begins or takes up this node's raft membership and serves. Returns once the others can reach it.</summary>
    public static async Task<ManagerHost> StartAsync(
        ClusterPaths paths, ClusterState state, IdentitySource identity, ManagerChannels channels,
        MembershipServices services, CancellationToken cancellationToken)
    {
        var storeState = new StoreState();
        var raft = await RaftMember.StartAsync(paths, state, channels, storeState, services, cancellationToken)
            .ConfigureAwait(false);
        var store = new ObjectStore(storeState, raft, services.Time);
        var authorizer = new PeerAuthorizer(identity, id => IsBlacklisted(store, id));
        var manager = new ClusterManager(
            new ManagerOptions(), store, new CertificateCallers(authorizer), channels, services.Time, Random.Shared,
            services.Loggers);
        var host = new ManagerHost(raft, store, manager);
        try
        {
            await host.ServeAsync(state, identity, services, cancellationToken).ConfigureAwait(false);
            host.running = manager.RunAsync(host.ended.Token);
            if (state.Founding)
                await Founding.CommitAsync(paths, store, cancellationToken).ConfigureAwait(false);
            return host;
        }
        catch
        {
            await host.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public async Task<int> CountManagersAsync(CancellationToken cancellationToken)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        return store.View().Nodes.All.Count(n => n.Manager is not null);
    }

    public Task TryLeaveRaftAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await ended.CancelAsync().ConfigureAwait(false);
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (server is not null)
            await server.DisposeAsync().ConfigureAwait(false);
        manager.Dispose();
        await raft.DisposeAsync().ConfigureAwait(false);
    }

    private async Task ServeAsync(
        ClusterState state, IdentitySource identity, MembershipServices services, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddSingleton(services.Loggers);
        builder.Services.AddGrpc(o => o.MaxReceiveMessageSize = ManagerChannels.MaxMessageBytes);
        builder.Services.AddSingleton(manager.Control).AddSingleton(manager.Dispatcher);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(IPEndPoint.Parse(state.ListenAddress), listen =>
            {
                listen.Protocols = HttpProtocols.Http2;
                listen.UseClusterTls(identity, services.Time);
            });
        });
        server = builder.Build();
        server.MapGrpcService<Manager.ControlApi.ControlService>();
        server.MapGrpcService<Manager.Dispatching.DispatcherService>();
        try
        {
            await server.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            throw new UserException(
                ErrorCode.FailedPrecondition, $"cannot listen on {state.ListenAddress}: {e.Message}",
                "Free the port, or choose another: --listen-addr ADDRESS:PORT", e);
        }
    }

    private static bool IsBlacklisted(ObjectStore store, NodeId id) =>
        store.View().Clusters.All.FirstOrDefault()?.BlacklistedCertificates.ContainsKey(id.Value) == true;
}
