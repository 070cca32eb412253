using Microsoft.Extensions.Logging;
using Orchestrator.Agent;
using Orchestrator.Agent.Sharing;
using Orchestrator.Model;
using Orchestrator.Protocol.Mapping;
using Orchestrator.Security;
using P = Orchestrator.Protocol.V1;

namespace Orchestrator.Daemon.Clustering;

/// <summary>
/// This node as a member of one cluster, from join to leave: its agent always, its manager while the certificate says
/// that it is one, and the renewal of that certificate.
/// </summary>
internal sealed class Membership : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly ClusterPaths paths;
    private readonly MembershipServices services;
    private readonly IdentityStore identities;
    private readonly IdentitySource identity;
    private readonly ManagerChannels channels;
    private readonly NodeAgent agent;
    private readonly NodeSharing sharing;
    private readonly IdentityRenewer renewer;
    private readonly ILogger<Membership> logger;
    private readonly SemaphoreSlim roleChanged = new(1);
    private readonly Lock saving = new();
    private readonly CancellationTokenSource ended = new();
    private readonly TaskCompletionSource logBroke = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile ManagerHost? manager;
    private volatile string error = "";
    private ClusterState state;
    private Task running = Task.CompletedTask;

    public Membership(ClusterPaths paths, ClusterState state, NodeIdentity first, MembershipServices services)
    {
        this.paths = paths;
        this.state = state;
        this.services = services;
        logger = services.Loggers.CreateLogger<Membership>();
        identities = OpenIdentities(paths);
        identity = new(first);
        channels = new(identity, services.Time);
        agent = new(
            new AgentOptions
            {
                Directory = paths.Agent,
                NodeId = state.NodeId,
                AdvertiseAddress = state.DataPathAddress,
                Managers = [.. state.Managers],
            },
            channels, services.Node.Engine, services.Node.Images, services.Node.Network, services.Describer.Describe, services.Time,
            services.Loggers);
        agent.SessionChanged += OnSession;
        sharing = new(paths, state, identity, channels, agent, services);
        renewer = new(identity, identities, RenewAsync, services.Time, Random.Shared, logger);
        identity.Replaced += _ => roleChanged.Release();
    }

    public ClusterState State => state;

    /// <summary>Null while this node is a worker, or a manager that has not joined the others yet.</summary>
    public ManagerHost? Manager => manager;

    public bool IsManager => identity.Current.Role == NodeRole.Manager;

    public string Error => error;

    public IdentitySource Identity => identity;

    public ManagerChannels Channels => channels;

    /// <summary>The way to other nodes that have what this one is to pull.</summary>
    public BlobExchange Exchange => sharing.Exchange;

    /// <summary>The folder's owner is root alone.</summary>
    public static IdentityStore OpenIdentities(ClusterPaths paths) =>
        new(paths.Identity, Linux.Files.DurableFile.SyncDirectory);

    /// <summary>The cluster knows this node, and it is what its certificate says.</summary>
    public bool IsActive => agent.Session?.Node is not null && (!IsManager || manager is not null);

    /// <summary>Faults when a part of the membership broke off and only a new process can take it up again.</summary>
    public Task Completion => running;

    public void Start() => running = RunAsync(ended.Token);

    /// <summary>Stops the daemon's part; containers and kernel state stay.</summary>
    public async ValueTask DisposeAsync()
    {
        await ended.CancelAsync().ConfigureAwait(false);
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (manager is { } host)
            await host.DisposeAsync().ConfigureAwait(false);
        sharing.Dispose();
        channels.Dispose();
        renewer.Dispose();
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        // Each on its own: a part that begins with much to read or to ask the kernel would hold up those after it, and how
        // soon a daemon is back is what its node's tasks wait for.
        Func<CancellationToken, Task>[] parts =
        [
            KeepRoleAsync, agent.RunAsync, renewer.RunAsync, token => sharing.RunAsync(() => !IsManager, token),
            logBroke.Task.WaitAsync,
        ];
        Task[] begun = [.. parts.Select(part => Task.Run(() => part(cancellationToken), CancellationToken.None))];
        try
        {
            await await Task.WhenAny(begun).ConfigureAwait(false); // None ends by itself.
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Whoever leaves the cluster deletes what the parts write. A container that does not die must not hold them up.
            await Task.WhenAll(begun).WaitAsync(Patience, CancellationToken.None)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
    }

    /// <summary>Level-triggered: makes the manager be there exactly while the certificate says manager.</summary>
    private async Task KeepRoleAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await roleChanged.WaitAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                await ApplyRoleAsync(cancellationToken).ConfigureAwait(false);
                if (state.Founding && manager is not null)
                    Save(s => s with { Founding = false });
                error = "";
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                error = e.Message;
                logger.RoleFailed(identity.Current.Role, e);
                await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken).ConfigureAwait(false);
                roleChanged.Release();
            }
        }
    }

    private async Task ApplyRoleAsync(CancellationToken cancellationToken)
    {
        if (IsManager && manager is null)
        {
            manager = await ManagerHost.StartAsync(paths, state, identity, channels, services, cancellationToken)
                .ConfigureAwait(false);
            _ = manager.Completion.ContinueWith(
                broken => logBroke.TrySetException(broken.Exception!.InnerExceptions), CancellationToken.None,
                TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
            logger.ManagerStarted(state.ManagerAddress);
        }
        else if (!IsManager)
        {
            if (manager is { } host)
            {
                manager = null;
                await host.DisposeAsync().ConfigureAwait(false);
                logger.ManagerStopped();
            }

            // Also what a crash left: a later promotion joins as a new raft member, an id is used once.
            if (Directory.Exists(paths.Raft))
                Directory.Delete(paths.Raft, recursive: true);
            RegistryFolders.Delete(paths, services.Node.Images.Content);
        }
    }

    private void OnSession(P.SessionMessage message)
    {
        if (message.Managers.Count > 0)
        {
            var known = message.Managers.Select(m => m.Address).Order(StringComparer.Ordinal).ToList();
            if (!known.SequenceEqual(state.Managers))
                Save(s => s with { Managers = known });
        }

        if (message.Node is not { } node)
            return;
        var role = (NodeRole)node.Role;
        if (role != identity.Current.Role || node.Certificate?.State == P.CertificateState.Rotate)
            renewer.RenewNow();
    }

    private async Task<NodeIdentity> RenewAsync(CancellationToken cancellationToken)
    {
        Exception? last = null;
        foreach (var address in state.Managers.Append(state.ManagerAddress).Distinct())
        {
            try
            {
                var join = new Security.ClusterJoin(
                    handler => new CertificateClient(address, handler, NodeAvailability.Active), services.Time);
                return await join.RenewAsync(identity, cancellationToken).ConfigureAwait(false);
            }
            catch (UserException e)
            {
                last = e;
            }
        }

        throw last!;
    }

    /// <summary>Both the session and the role have something to note.</summary>
    private void Save(Func<ClusterState, ClusterState> change)
    {
        lock (saving)
        {
            var next = change(state);
            next.Save(paths.State);
            state = next;
        }
    }
}
