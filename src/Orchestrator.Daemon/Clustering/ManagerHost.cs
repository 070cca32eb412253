using System.Net;
using System.Net.Sockets;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.HealthCheck;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orchestrator.Manager;
using Orchestrator.Manager.CertificateAuthority;
using Orchestrator.Model;
using Orchestrator.Registry;
using Orchestrator.Security;
using Orchestrator.Store;
using Orchestrator.Store.Host;
using Orchestrator.Store.Transport;

namespace Orchestrator.Daemon.Clustering;

/// <summary>The manager's half of this node: raft member, store, loops, and the gRPC server that other nodes dial.</summary>
internal sealed class ManagerHost : IAsyncDisposable
{
    /// <summary>A thousand nodes may come back, or join, at the same time, and dial twice; each costs some 40 KB.</summary>
    private const int MaxStrangers = 4096;

    private readonly CancellationTokenSource ended = new();
    private readonly ManagerChannels channels;
    private readonly StoreState storeState = new();
    private volatile RaftHost? raft;
    private ObjectStore? store;
    private ClusterManager? manager;
    private WebApplication? server;
    private WebApplication? registryServer;
    private ImageRegistry? registry;
    private ReplicatedNames? names;
    private Task running = Task.CompletedTask, moving = Task.CompletedTask;

    private ManagerHost(ManagerChannels channels) => this.channels = channels;

    /// <summary>Begins or takes up this node's raft membership and serves.</summary>
    public static async Task<ManagerHost> StartAsync(
        ClusterPaths paths, ClusterState state, IdentitySource identity, ManagerChannels channels,
        MembershipServices services, CancellationToken cancellationToken)
    {
        var host = new ManagerHost(channels);
        try
        {
            // Ports before membership: what cannot serve must not get a vote.
            ProbeListen(state);
            host.registryServer = await RegistryServer.StartAsync(
                () => host.registry, state.AdvertiseAddress, identity, host.IsBlacklisted, services.Time, services.Cache,
                services.Loggers,
                cancellationToken).ConfigureAwait(false);
            Directory.CreateDirectory(paths.Registry); // Or a crash after joining looks like a manager of before.
            var raft = await RaftMember.StartAsync(
                paths, state, channels, host.storeState, services, cancellationToken).ConfigureAwait(false);
            host.Compose(paths, raft, identity, services);
            await host.ServeAsync(state, identity, services, cancellationToken).ConfigureAwait(false);
            host.running = host.RunAsync(services);
            if (state.Founding)
                await host.FoundAsync(paths, cancellationToken).ConfigureAwait(false);
            return host;
        }
        catch
        {
            await host.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>What this manager serves to the cluster.</summary>
    public ImageRegistry Registry => registry!;

    public int CountManagers() => raft?.Members.Count ?? 0;

    /// <summary>Ends when the raft member had to stop: its disk failed, or it must not go on. Then the process ends.</summary>
    public Task Completion => raft!.Completion;

    /// <summary>Takes this member out of the group, so that the others need not outvote a ghost. Best effort: they may be gone.</summary>
    public async Task TryLeaveRaftAsync(CancellationToken cancellationToken)
    {
        if (raft is not { Members.Count: > 1 } member)
            return;
        List<string> others =
            [.. member.Members.Where(m => m.Member.RaftId != member.Self.RaftId).Select(m => m.Member.Address)];
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(5));
        try
        {
            if (member.Status.Role == LogRole.Leader)
                await member.TransferAsync(0, patience.Token).ConfigureAwait(false);
            await new RaftMembershipClient(channels.Dial).LeaveAsync(others, member.Self.RaftId, patience.Token)
                .ConfigureAwait(false);
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            // Leaving by force does not wait for anybody's consent.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await ended.CancelAsync().ConfigureAwait(false);
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (registryServer is not null)
            await registryServer.DisposeAsync().ConfigureAwait(false);
        if (server is not null)
            await server.DisposeAsync().ConfigureAwait(false);
        registry?.Dispose();
        manager?.Dispose();
        if (raft is { } member)
            await member.DisposeAsync().ConfigureAwait(false);
        ended.Dispose();
    }

    private void Compose(
        ClusterPaths paths, RaftHost member, IdentitySource identity, MembershipServices services)
    {
        raft = member;
        store = new ObjectStore(storeState, member, services.Time);
        Authorizer = new PeerAuthorizer(identity, IsBlacklisted);
        manager = new ClusterManager(
            new ManagerOptions(), store, new Manager.Roles.RaftMembership(member), new CertificateCallers(Authorizer),
            channels, services.Time, Random.Shared, services.Loggers);
        names = new ReplicatedNames(manager.Names);
        registry = ImageRegistry.OfCluster(
            RegistryFolders.Options(paths.Registry, RegistryFolders.ClusterOwner, services.Loggers),
            services.Node.Images.Content, names, names, new ManagerPeers(member, services.Registries), services.Time);
    }

    private Task RunAsync(MembershipServices services)
    {
        var takeOver = new RegistryTakeOver(
            registry!, names!, manager!.Names, store!.Log, services.Time, services.Loggers.CreateLogger<ManagerHost>());
        moving = takeOver.RunAsync(ended.Token);
        return Task.WhenAll(manager.RunAsync(ended.Token), registry!.RunAsync(ended.Token), moving);
    }

    private PeerAuthorizer Authorizer { get; set; } = null!; // Set by Compose, before anything is served.

    private async Task FoundAsync(ClusterPaths paths, CancellationToken cancellationToken)
    {
        await foreach (var status in store!.Log.WatchLeadershipAsync(cancellationToken).ConfigureAwait(false))
        {
            if (status.IsLeader)
                break;
        }

        if (Founding.IsPending(paths))
            await Founding.CommitAsync(paths, store, cancellationToken).ConfigureAwait(false);
        await moving.WaitAsync(cancellationToken).ConfigureAwait(false); // Who founds a cluster may push to it at once.
    }

    private async Task ServeAsync(
        ClusterState state, IdentitySource identity, MembershipServices services, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.Services.AddRoutingCore().AddSingleton(services.Loggers);
        builder.Services.AddGrpc(o => o.MaxReceiveMessageSize = ManagerChannels.MaxMessageBytes);
        AddServices(builder.Services, services);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null; // Streams between nodes are idle for as long as they like.
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Listen(IPEndPoint.Parse(state.ListenAddress), listen =>
            {
                listen.Protocols = HttpProtocols.Http2;
                listen.UseClusterTls(identity, services.Time, MaxStrangers);
            });
        });
        server = builder.Build();
        server.UseRouting();
        server.MapGrpcService<Manager.ControlApi.ControlService>();
        server.MapGrpcService<Manager.Dispatching.DispatcherService>();
        server.MapGrpcService<Manager.Attaching.AttachmentsService>();
        server.MapGrpcService<Manager.Logs.LogsService>();
        server.MapGrpcService<Manager.Logs.LogBrokerService>();
        server.MapGrpcService<Manager.Diagnosis.DiagnosisService>();
        server.MapGrpcService<Manager.Diagnosis.DiagnosisBrokerService>();
        server.MapGrpcService<Manager.Sharing.SharingService>();
        server.MapGrpcService<CertificateAuthorityService>();
        server.MapGrpcService<NodeCertificatesService>();
        server.MapGrpcService<RaftService>();
        server.MapGrpcService<RaftMembershipService>();
        server.MapGrpcService<Manager.Images.RegistryNamesService>();
        server.MapGrpcService<HealthServiceImpl>();
        await ListenAsync(server, state, cancellationToken).ConfigureAwait(false);
    }

    private void AddServices(IServiceCollection services, MembershipServices node) => services
        .AddSingleton(manager!.Control)
        .AddSingleton(manager.Dispatcher)
        .AddSingleton(manager.Attachments)
        .AddSingleton(manager.Logs)
        .AddSingleton(manager.LogBroker)
        .AddSingleton(manager.Diagnosis)
        .AddSingleton(manager.DiagnosisBroker)
        .AddSingleton(manager.Sharing)
        .AddSingleton(manager.NamesOfOthers)
        .AddSingleton(new CertificateAuthorityService(store!))
        .AddSingleton(new NodeCertificatesService(
            store!, Authorizer, address => channels.Channel(address).CreateCallInvoker(), node.Time))
        .AddSingleton(Healthy())
        .AddSingleton(new RaftService(() => raft, RequireManager))
        .AddSingleton(new RaftMembershipService(() => raft, RequireManager));

    private static HealthServiceImpl Healthy()
    {
        var health = new HealthServiceImpl();
        health.SetStatus("", HealthCheckResponse.Types.ServingStatus.Serving);
        return health;
    }

    private void RequireManager(ServerCallContext context) => Authorizer.Authorize(context, NodeRole.Manager);

    private static void ProbeListen(ClusterState state)
    {
        var endpoint = IPEndPoint.Parse(state.ListenAddress);
        try
        {
            using var probe = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            probe.Bind(endpoint);
        }
        catch (SocketException e)
        {
            throw CannotListen(state, e);
        }
    }

    private static UserException CannotListen(ClusterState state, Exception cause) => new(
        ErrorCode.FailedPrecondition, $"cannot listen on {state.ListenAddress}: {cause.Message}",
        "Free the port, or choose another: --listen-addr ADDRESS:PORT", cause);

    private static async Task ListenAsync(WebApplication server, ClusterState state, CancellationToken cancellationToken)
    {
        try
        {
            await server.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            throw CannotListen(state, e);
        }
    }

    private bool IsBlacklisted(NodeId id) =>
        store?.View().Clusters.All.FirstOrDefault()?.BlacklistedCertificates.ContainsKey(id.Value) == true;
}
