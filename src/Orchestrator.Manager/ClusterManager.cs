using Microsoft.Extensions.Logging;
using Orchestrator.Manager.Allocation;
using Orchestrator.Manager.Attaching;
using Orchestrator.Manager.ControlApi;
using Orchestrator.Manager.Diagnosis;
using Orchestrator.Manager.Dispatching;
using Orchestrator.Manager.Images;
using Orchestrator.Manager.Logs;
using Orchestrator.Manager.Loops;
using Orchestrator.Manager.NetworkKeys;
using Orchestrator.Manager.Orchestration;
using Orchestrator.Manager.Reaping;
using Orchestrator.Manager.Roles;
using Orchestrator.Manager.Scheduling;
using Orchestrator.Manager.Sharing;
using Orchestrator.Model;
using Orchestrator.Store;

namespace Orchestrator.Manager;

/// <summary>
/// One manager of the cluster. Its services answer as soon as it is made; while it leads, <see cref="RunAsync"/> also
/// runs the
/// loops that keep reality equal to what the operator declared.
/// </summary>
public sealed class ClusterManager : IDisposable
{
    private static readonly TimeSpan RestartDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(100);

    private readonly ManagerOptions options;
    private readonly ObjectStore store;
    private readonly IMembership membership;
    private readonly ManagerMetrics metrics = new();
    private readonly TimeProvider time;
    private readonly Random random;
    private readonly ILoggerFactory loggers;
    private readonly ILogger logger;

    public ClusterManager(
        ManagerOptions options, ObjectStore store, IMembership membership, ICallers callers, ILeaderChannels channels,
        TimeProvider time, Random random, ILoggerFactory loggers)
    {
        this.options = options;
        this.store = store;
        this.membership = membership;
        this.time = time;
        this.random = random;
        this.loggers = loggers;
        logger = loggers.CreateLogger<ClusterManager>();
        Dispatcher = new DispatcherService(callers, store.Log);
        var router = new LeaderRouter(store, channels, callers, options.Control, time);
        Attachments = new AttachmentsService(store, callers, time);
        var hub = new LogHub(store, options.Logs, time);
        Logs = new LogsService(hub, router);
        LogBroker = new LogBrokerService(hub, callers, store.Log);
        var diagnosis = new DiagnosisHub(store, options.Diagnosis, time);
        Diagnosis = new DiagnosisService(diagnosis, router);
        DiagnosisBroker = new DiagnosisBrokerService(diagnosis, callers, store.Log);
        Sharing = new SharingService(
            store, callers, options.Sharing, time, loggers.CreateLogger<SharingService>());
        Names = new RegistryNames(store, channels, time);
        NamesOfOthers = new RegistryNamesService(store, callers);
        Control = new ControlService(
            router, new ClusterApi(store, time), new NodeApi(store), new ServiceApi(store), new TaskApi(store),
            new NetworkApi(store, options.Allocator), new PayloadApi(store));
    }

    public ControlService Control { get; }

    public DispatcherService Dispatcher { get; }

    public AttachmentsService Attachments { get; }

    public LogsService Logs { get; }

    public LogBrokerService LogBroker { get; }

    public DiagnosisService Diagnosis { get; }

    public DiagnosisBrokerService DiagnosisBroker { get; }

    public SharingService Sharing { get; }

    /// <summary>What the registry of this manager knows and changes.</summary>
    public RegistryNames Names { get; }

    public RegistryNamesService NamesOfOthers { get; }

    /// <summary>Leads whenever this member of the log does, until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        Leadership? leadership = null;
        try
        {
            await foreach (var status in store.Log.WatchLeadershipAsync(cancellationToken))
            {
                if (leadership is not null && (!status.IsLeader || status.Term != leadership.Term))
                {
                    // Whatever was begun in one term ends before the next begins.
                    await leadership.EndAsync();
                    leadership = null;
                }

                if (status.IsLeader && leadership is null)
                    leadership = new Leadership(status.Term, LeadAsync);
            }
        }
        finally
        {
            if (leadership is not null)
                await leadership.EndAsync();
        }
    }

    public void Dispose() => metrics.Dispose();

    private async Task LeadAsync(ulong term, CancellationToken cancellationToken)
    {
        ManagerLog.Leading(logger, term);
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await RunLoopsAsync(cancellationToken);
            }
            catch (Exception e) when (e is NotLeaderException or ProposalUnknownException)
            {
                // Mostly the term is over and the token about to say so; but a hand-over that fails leaves this term in
                // force.
                await Task.Delay(RetryDelay, time, cancellationToken).ConfigureAwait(
                    ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            // A fault of one loop must not leave the cluster without any: they begin again from the state.
#pragma warning disable CA1031
            catch (Exception e)
#pragma warning restore CA1031
            {
                ManagerLog.LoopFailed(logger, e);
                await Task.Delay(RestartDelay, time, cancellationToken).ConfigureAwait(
                    ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task RunLoopsAsync(CancellationToken cancellationToken)
    {
        using var dispatcher = new Dispatcher(
            store, options.Dispatcher, metrics, time, random, loggers.CreateLogger<Dispatcher>());
        var orchestrator = new ServiceOrchestrator(
            store, options.Orchestrator, metrics, () => new TaskId(Identifier.New()), time,
            loggers.CreateLogger<ServiceOrchestrator>());
        var allocator = new Allocator(
            store, new AllocationPlanner(options.Allocator), time, loggers.CreateLogger<Allocator>());
        var scheduler = new Scheduler(
            store, new SchedulingPlanner(options.Scheduler), metrics, time, loggers.CreateLogger<Scheduler>());
        var reaper = new Reaper(store, new ReapingPlanner(options.Reaper), time, loggers.CreateLogger<Reaper>());
        var roles = new RoleManager(store, membership, options.Roles, time, loggers.CreateLogger<RoleManager>());
        var keys = new NetworkKeyManager(store, time, loggers.CreateLogger<NetworkKeyManager>());
        Dispatcher.Use(dispatcher);
        try
        {
            await Together.RunAsync(
                cancellationToken, dispatcher.RunAsync, orchestrator.RunAsync, allocator.RunAsync, scheduler.RunAsync,
                reaper.RunAsync, roles.RunAsync, keys.RunAsync);
        }
        finally
        {
            Dispatcher.Use(null);
        }
    }
}
