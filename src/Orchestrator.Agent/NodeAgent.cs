using Grpc.Core;
using Microsoft.Extensions.Logging;
using Orchestrator.Agent.Attaching;
using Orchestrator.Agent.Logs;
using Orchestrator.Agent.Networks;
using Orchestrator.Agent.Sessions;
using Orchestrator.Agent.Tasks;
using Orchestrator.Engine;
using Orchestrator.Images;
using Orchestrator.Model;
using Orchestrator.Network;
using Orchestrator.Protocol.Mapping;

namespace Orchestrator.Agent;

/// <summary>
/// A node's side of the wire: takes what a dispatcher assigns, makes it so on this host, and reports. What was
/// assigned is on disk, so tasks run on while no manager answers and are known again after a restart.
/// </summary>
public sealed class NodeAgent : ISessionHandler
{
    private readonly AgentOptions options;
    private readonly IManagerChannels channels;
    private readonly Func<NodeDescription> describe;
    private readonly TimeProvider time;
    private readonly ILogger<NodeAgent> logger;
    private readonly AgentStore store;
    private readonly Assignments assignments;
    private readonly StatusReporter reporter = new();
    private readonly PayloadVault vault = new();
    private readonly ContainerEngine engine;
    private readonly AttachmentDesk desk;
    private readonly Worker worker;
    private readonly NetworkApplier network;
    private readonly UnderlayAddress underlay;
    private readonly UnderlayWatch watch;
    private readonly Func<string, int> measureMtu;
    private readonly LogPublisher logs;
    private readonly DiagnosisAttendant diagnosis;
    private readonly ManagerList managers;
    private readonly ReconcileLoop loop;
    private bool unsaved;
    private volatile P.SessionMessage? session;
    private volatile string? manager;
    private volatile CancellationTokenSource? registration;
    private ImmutableArray<string> routes = []; // At the last heartbeat.

    public NodeAgent(
        AgentOptions options, IManagerChannels channels, ContainerEngine engine, ImageService images,
        NodeNetwork nodeNetwork, Func<NodeDescription> describe, TimeProvider time, ILoggerFactory loggers)
    {
        this.options = options;
        this.channels = channels;
        this.describe = describe;
        this.time = time;
        logger = loggers.CreateLogger<NodeAgent>();
        store = new(options.Directory);
        assignments = store.LoadAssignments();
        session = store.LoadSession();
        engine.FileContents = vault;
        this.engine = engine;
        desk = new(() => manager is { } leader ? channels.Get(leader) : null, time);
        var executors = new ExecutorChoice(
            new EngineTaskExecutor(engine, images, vault, options.Drain, time), new AttachmentExecutor(engine, desk));
        worker = new(executors, store, time, reporter, loggers.CreateLogger<Worker>());
        underlay = new(options.AdvertiseAddress);
        watch = new(options.UnderlayLook, time, LookAtUnderlayAsync, logger.UnderlayUnseen);
        measureMtu = own => nodeNetwork.MeasureUnderlayMtu(own) ?? 0;
        network = new(nodeNetwork.ApplyClusterAsync, options.NetworkResync, time, loggers.CreateLogger<NetworkApplier>());
        logs = new(engine, options.NodeId, TasksNow, loggers.CreateLogger<LogPublisher>());
        diagnosis = new(
            nodeNetwork, Environment.MachineName, NetworksNow, loggers.CreateLogger<DiagnosisAttendant>());
        managers = new(options.Managers);
        managers.Replace(session?.Managers ?? []);
        managers.AskLast(options.AdvertiseAddress);
        loop = new(ReconcileAsync, logger.ReconcileFailed, time);
    }

    /// <summary>Raised for each message of the session: roles, managers and certificates may have changed.</summary>
    public event Action<P.SessionMessage>? SessionChanged;

    /// <summary>This node as the cluster last described it; null before the first session ever.</summary>
    public P.SessionMessage? Session => session;

    /// <summary>HOST:PORT of the manager that the session is with; null: there is none now.</summary>
    public string? Manager => manager;

    /// <summary>Runs until cancelled. Containers stay as they are.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        engine.ClusterNetworks = desk;
        // What was assigned before a restart is made so while the session is begun that tells what is assigned now.
        _ = loop.Ask();
        // Its first round asks much of the kernel before it first waits.
        var reconciling = Task.Run(() => loop.RunAsync(ended.Token), ended.Token);
        var resync = network.RunAsync(ended.Token);
        var watching = watch.RunAsync(ended.Token);
        try
        {
            await KeepSessionAsync(ended.Token).ConfigureAwait(false);
        }
        finally
        {
            engine.ClusterNetworks = null;
            await ended.CancelAsync().ConfigureAwait(false);
            await reconciling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await resync.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await worker.StopAsync().ConfigureAwait(false);
        }
    }

    void ISessionHandler.OnSession(P.SessionMessage message)
    {
        var changesView = session?.Node?.IngressAddress != message.Node?.IngressAddress
            || session?.DataPathPort != message.DataPathPort;
        session = message;
        managers.Replace(message.Managers);
        Keep(() => store.SaveSession(message));
        SessionChanged?.Invoke(message);
        if (changesView)
            _ = loop.Ask();
    }

    bool ISessionHandler.OnAssignments(P.AssignmentsMessage message)
    {
        lock (assignments)
        {
            if (!assignments.TryApply(message))
                return false;
            vault.Replace(assignments.Payloads);
            unsaved = true;
        }

        _ = loop.Ask();
        return true;
    }

    /// <summary>A full disk costs what a restart would know, not the session: the cluster still has to hear of tasks.</summary>
    private void Keep(Action save)
    {
        try
        {
            save();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            logger.NotSaved(e);
        }
    }

    /// <summary>What is wanted now goes to the disk, then to the networks, for a container is plugged in when it starts,
    /// then to the tasks.</summary>
    private async Task ReconcileAsync(CancellationToken cancellationToken)
    {
        var (saved, view, tasks) = WantedNow();
        if (saved is not null)
            Keep(() => store.SaveAssignments(saved));
        if (view is not null)
            await network.ApplyAsync(view, cancellationToken).ConfigureAwait(false);
        worker.Reconcile(tasks);
    }

    private (byte[]? Saved, ClusterView? View, List<OrchTask> Tasks) WantedNow()
    {
        lock (assignments)
        {
            var saved = unsaved ? assignments.Save() : null;
            unsaved = false;
            var view = session is { Node: not null } told
                ? ClusterViewBuilder.Build(
                    told, underlay.Current, assignments.Networks, assignments.Endpoints, assignments.Services,
                    assignments.Payloads)
                : null;
            return (saved, view, [.. assignments.Tasks.Select(task => task.ToModel())]);
        }
    }

    /// <summary>Where this node is reached may change: then it registers anew, and all hear of it.</summary>
    private async Task LookAtUnderlayAsync(CancellationToken cancellationToken)
    {
        var hosts = managers.Addresses.Select(m => m[..m.LastIndexOf(':')].Trim('[', ']'));
        var moved = underlay.Look(UnderlayAddress.Local(), hosts, UnderlayAddress.SourceTo);
        if (moved)
        {
            logger.UnderlayMoved(underlay.Current);
            await loop.Ask().WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        if (moved)
            await (registration?.CancelAsync() ?? Task.CompletedTask).ConfigureAwait(false);
    }

    private NodeDescription Described() => describe() with { UnderlayMtu = measureMtu(underlay.Current) };

    P.NodeDescription? ISessionHandler.News()
    {
        if (session?.Node.Description is not { } known)
            return null;
        var now = Described();
        // A router may change its mind each second: worth telling is what has stood still for a beat.
        var areStill = now.Routes.SequenceEqual(routes);
        routes = now.Routes;
        var news = (areStill ? now : now with { Routes = [.. known.Routes] }).ToProto();
        return news.Equals(known) ? null : news;
    }

    private async Task KeepSessionAsync(CancellationToken cancellationToken)
    {
        var waits = new SessionWaits(options.ShortestBackoff, options.LongestBackoff);
        while (true)
        {
            var address = managers.Next();
            try
            {
                await RunSessionAsync(address, waits.Begun, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                manager = null;
                logger.SessionEnded(address, e is RpcException rpc ? rpc.Status.Detail : e.Message);
                managers.Failed(address);
                if (e is RpcException { Trailers: { } trailers } && trailers.GetValue(LeaderTrailer) is { } leader)
                    managers.Hint(leader);
            }

            await Task.Delay(waits.Next(managers.KnowsLeader), time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Where a follower says who leads. Source: dispatcher.proto, Session.</summary>
    private const string LeaderTrailer = "orch-leader";

    private async Task RunSessionAsync(string address, Action begun, CancellationToken cancellationToken)
    {
        using var anew = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var request = new P.SessionRequest
        {
            Description = Described().ToProto(),
            AdvertiseAddress = underlay.Current,
        };
        worker.ReportAll();
        var current = new DispatcherSession(
            channels.Get(address), request, this, reporter, [logs.RunAsync, diagnosis.RunAsync], time);
        registration = anew;
        try
        {
            await current.RunAsync(
                () =>
                {
                    begun();
                    manager = address;
                    logger.SessionBegan(address);
                },
                anew.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (anew.IsCancellationRequested && !cancellationToken.IsCancellationRequested
            && e is OperationCanceledException or RpcException { StatusCode: StatusCode.Cancelled })
        {
            // To register anew, at once.
        }
        finally
        {
            registration = null;
        }
    }

    private Dictionary<string, string> NetworksNow()
    {
        lock (assignments)
        {
            var endpoints = assignments.Endpoints.ToLookup(e => e.NetworkId);
            var services = assignments.Services.ToLookup(s => s.NetworkId);
            return assignments.Networks.ToDictionary(
                n => n.Id, n => NetworkDigest.Of(endpoints[n.Id], services[n.Id]));
        }
    }

    private P.Task[] TasksNow()
    {
        lock (assignments)
            return [.. assignments.Tasks];
    }
}
