using Orchestrator.Build.Execution;
using Orchestrator.Engine.Building;
using Orchestrator.Engine.Containers;
using Orchestrator.Engine.Events;
using Orchestrator.Engine.Execs;
using Orchestrator.Engine.Files;
using Orchestrator.Engine.Health;
using Orchestrator.Engine.Logs;
using Orchestrator.Engine.Logs.Journal;
using Orchestrator.Engine.Running;
using Orchestrator.Engine.Volumes;
using Orchestrator.Images;
using Orchestrator.Linux.Files;
using Orchestrator.Network;
using Microsoft.Extensions.Logging;

namespace Orchestrator.Engine;

/// <summary>The containers of one node. Every reference is an id, a unique prefix of one, or a name.</summary>
/// <remarks>
/// All calls may race; those on one container run one after another. Refusals are <see cref="EngineException"/>.
/// Disposing lets go without touching anything: containers run on, and the next engine takes them over.
/// </remarks>
public sealed class ContainerEngine : IAsyncDisposable
{
    private readonly BackgroundTasks tasks = new();
    private readonly ContainerTable table = new();
    private readonly ContainerStore store;
    private readonly ContainerEvents containerEvents;
    private readonly ContainerCommitter committer;
    private readonly ContainerCreator creator;
    private readonly ContainerRunner runner;
    private readonly ContainerStopper stopper;
    private readonly ContainerUpdater updater;
    private readonly ContainerRemover remover;
    private readonly ContainerNetworks networks;
    private readonly ExecTable execs;
    private readonly EngineRecovery recovery;
    private readonly StepContainers steps;
    private readonly EngineServices services;
    private readonly RootMounter roots;

    internal ContainerEngine(EngineOptions options, EngineServices services, IContainerHost? testHost)
    {
        Options = options;
        this.services = services;
        var (time, logger) = (services.Time, services.Logging.CreateLogger("Orchestrator.Engine"));
        Events = new EventLog(time);
        Volumes = new VolumeStore(options.DataRoot, Events, time);
        store = new ContainerStore(options.DataRoot);
        var directories = new RunDirectories(options.RunRoot);
        var bundles = new BundleWriter(options, directories, table, logger);
        roots = new RootMounter(options.UserRemap);
        var links = new ContainerLinks(table);
        var mounts = new VolumeMounts(Volumes, services.Images, roots, options.RunRoot);
        var places = new NetworkPlaces(services.Network, () => ClusterNetworks);
        var host = testHost ?? new KernelHost(
            options, directories, services.Images, services.Network, table, bundles, roots, mounts,
            new MemoryFiles(directories, () => FileContents), links, places,
            new ShimLauncher(options),
            time, logger);
        containerEvents = new ContainerEvents(Events);
        Files = new ContainerFiles(options, table, directories, services.Images, mounts, containerEvents);
        committer = new ContainerCommitter(table, services.Images, containerEvents);
        Kernel = KernelSupport.Detect(options.CgroupParent);
        var check = new HostSpecCheck(table, Kernel, options);
        creator = new ContainerCreator(
            table, store, services.Images, services.Network, Volumes, host, containerEvents, check, links, time);
        steps = new StepContainers(
            host, check, services.Network, directories, services.Images,
            new RemappedMounts(roots, Path.Combine(options.RunRoot, "steps")), time);
        remover = new ContainerRemover(host, store, table, Volumes, containerEvents, logger);
        var probe = new HealthProbe(containerEvents, bundles.HostCapabilities, time);
        var health = new HealthMonitor(probe, store, containerEvents, time, logger);
        runner = new ContainerRunner(host, store, containerEvents, remover, health, links, tasks, time, logger);
        updater = new ContainerUpdater(store, containerEvents, Kernel);
        stopper = new ContainerStopper(store, containerEvents, options, time);
        networks = new ContainerNetworks(services.Network, places, store, bundles, containerEvents, host);
        Pipes = new ContainerPipes(services.Network, table);
        execs = new ExecTable(table, containerEvents, bundles.HostCapabilities, tasks, time);
        recovery = new EngineRecovery(host, store, table, runner, remover, time, logger);
    }

    public EngineOptions Options { get; }

    /// <summary>Knows what is in containers' files that are in memory alone; null: none can be started that has any.</summary>
    public IFileContents? FileContents { get; set; }

    /// <summary>Gives containers addresses on networks beyond this node; null: it is in no cluster.</summary>
    public IClusterNetworks? ClusterNetworks { get; set; }

    /// <summary>The limits this host can keep.</summary>
    public KernelSupport Kernel { get; }

    /// <summary>What happened on this node.</summary>
    public EventLog Events { get; }

    public VolumeStore Volumes { get; }

    public ContainerFiles Files { get; }

    /// <summary>Runs the steps of builds.</summary>
    public IStepRunner Steps => steps;

    /// <summary>The node's images. Removing one goes through <see cref="UserOf"/>.</summary>
    public ImageService Images => services.Images;

    public NodeNetwork Network => services.Network;

    public ContainerPipes Pipes { get; }

    /// <summary>
    /// Reads what an earlier daemon left, brings up the network, takes over what runs and settles what ended.
    /// </summary>
    /// <exception cref="IOException">The data root cannot be used; the message says why.</exception>
    public static async Task<ContainerEngine> OpenAsync(
        EngineOptions options, EngineServices services, CancellationToken cancellationToken)
    {
        var engine = new ContainerEngine(options, services, testHost: null);
        await engine.RecoverAsync(cancellationToken);
        services.Images.Changed += engine.PublishImageEvent;
        return engine;
    }

    /// <summary>Writes down a new container; nothing runs yet.</summary>
    /// <param name="name">Null or empty: one is made up.</param>
    public Task<CreatedContainer> CreateAsync(ContainerSpec spec, string? name, CancellationToken cancellationToken) =>
        creator.CreateAsync(spec, name, cancellationToken);

    /// <summary>Runs a container that is down.</summary>
    public Task StartAsync(string reference, CancellationToken cancellationToken) =>
        runner.StartAsync(table.Get(reference), cancellationToken);

    /// <summary>Sends the stop signal, waits, kills. Returns once the container is down.</summary>
    /// <param name="timeout">Null: the container's own, else the engine's. Negative: wait for ever.</param>
    /// <param name="signal">Null: the container's own.</param>
    public Task StopAsync(string reference, TimeSpan? timeout, string? signal, CancellationToken cancellationToken) =>
        stopper.StopAsync(table.Get(reference), timeout, signal, cancellationToken);

    public async Task RestartAsync(
        string reference, TimeSpan? timeout, string? signal, CancellationToken cancellationToken)
    {
        var entry = table.Get(reference);
        if (entry.Record.State.IsUp)
            await stopper.StopAsync(entry, timeout, signal, cancellationToken);
        await runner.StartAsync(entry, cancellationToken);
        containerEvents.Publish(entry.Record, "restart");
    }

    /// <param name="signal"><c>SIGHUP</c>, <c>HUP</c> or <c>1</c>. SIGKILL waits for the end.</param>
    public Task KillAsync(string reference, string signal, CancellationToken cancellationToken) =>
        stopper.KillAsync(table.Get(reference), signal, cancellationToken);

    /// <param name="force">Kill it first if it runs.</param>
    /// <param name="volumes">Anonymous volumes go with it.</param>
    public async Task RemoveAsync(string reference, bool force, bool volumes, CancellationToken cancellationToken)
    {
        var entry = table.Get(reference);
        if (!entry.TryBeginRemoval())
            throw EngineException.Conflict($"removal of container {reference} is already in progress");
        try
        {
            await RemoveAsync(entry, force, volumes, cancellationToken);
        }
        finally
        {
            entry.EndRemoval();
        }
    }

    private async Task RemoveAsync(
        ContainerEntry entry, bool force, bool volumes, CancellationToken cancellationToken)
    {
        if (force)
            await stopper.ForceDownAsync(entry, cancellationToken);
        using var held = await entry.Gate.EnterAsync(cancellationToken);
        if (entry.Record.State.IsUp || entry.Run is not null)
        {
            var state = entry.Record.State.Status == ContainerStatus.Paused ? "paused" : "running";
            throw EngineException.Conflict(
                $"cannot remove container \"/{entry.Record.Name}\": container is {state}: " +
                "stop the container before removing or force remove");
        }

        await remover.RemoveLockedAsync(entry, volumes);
    }

    /// <summary>Takes a link off: <c>web/db</c> is container web's link db.</summary>
    public Task RemoveLinkAsync(string link, CancellationToken cancellationToken)
    {
        var parts = link.Trim('/').Split('/');
        if (parts.Length != 2)
            throw EngineException.Conflict(
                "Conflict, cannot remove the default link name of the container; write CONTAINER/ALIAS");
        var entry = table.Find(parts[0]) ?? throw new EngineException(
            EngineError.NotFound, $"Cannot get parent /{parts[0]} for name /{link.Trim('/')}");
        return networks.UnlinkAsync(entry, parts[1], cancellationToken);
    }

    /// <summary>A container's links as inspect shows them: <c>/db:/web/store</c>.</summary>
    public IReadOnlyList<string> LinksOf(ContainerRecord record) =>
    [
        .. from link in record.Links
           let other = Find(link.ContainerId)
           where other is not null
           select $"/{other.Name}:/{record.Name}/{link.Alias}",
    ];

    /// <summary>Completes when the condition is met; throws at once for an unknown container.</summary>
    public Task<ContainerExit> WaitAsync(
        string reference, WaitCondition condition, CancellationToken cancellationToken) =>
        table.Get(reference).WaitAsync(condition, cancellationToken);

    /// <summary>The container as soon as it is as asked, or removed; throws at once for an unknown one.</summary>
    public async Task<ContainerRecord> WatchAsync(
        string reference, Func<ContainerRecord, bool> until, CancellationToken cancellationToken)
    {
        var entry = table.Get(reference);
        while (true)
        {
            var change = entry.Changed;
            if (until(entry.Record) || entry.IsRemoved)
                return entry.Record;
            await change.WaitAsync(cancellationToken);
        }
    }

    /// <summary>The container as it is now.</summary>
    public ContainerRecord Inspect(string reference) => table.Get(reference).Record;

    /// <summary>Null when there is none; ambiguous prefixes throw.</summary>
    public ContainerRecord? Find(string reference) => table.Find(reference)?.Record;

    /// <summary>All containers, newest first.</summary>
    public IReadOnlyList<ContainerRecord> List() =>
        [.. table.All.Select(entry => entry.Record).OrderByDescending(record => record.Created)];

    public async Task RenameAsync(string reference, string newName, CancellationToken cancellationToken)
    {
        var entry = table.Get(reference);
        var name = ContainerName.Parse(newName);
        using var held = await entry.Gate.EnterAsync(cancellationToken);
        var old = entry.Record;
        if (old.Name == name)
            throw EngineException.Invalid($"Renaming a container with the same name as its current name");
        table.TakeName(name, entry.Id);
        entry.Set(old with { Name = name });
        store.Save(entry.Record);
        table.FreeName(old.Name, entry.Id);
        if (entry.Run is not null)
            await services.Network.RenameAsync(entry.Id, name, cancellationToken);
        containerEvents.Publish(entry.Record, "rename", ("oldName", "/" + old.Name));
    }

    /// <summary>Changes limits and restart policy, now if it runs and at each later start.</summary>
    /// <param name="change">What is zero, null or empty stays.</param>
    /// <param name="policy">Null: it stays.</param>
    /// <returns>A warning for each limit this kernel cannot keep.</returns>
    public Task<IReadOnlyList<string>> UpdateAsync(
        string reference, ResourceSpec change, RestartPolicy? policy, CancellationToken cancellationToken) =>
        updater.UpdateAsync(table.Get(reference), change, policy, cancellationToken);

    public Task PauseAsync(string reference, CancellationToken cancellationToken) =>
        SwitchAsync(reference, ContainerStatus.Running, ContainerStatus.Paused, cancellationToken);

    public Task UnpauseAsync(string reference, CancellationToken cancellationToken) =>
        SwitchAsync(reference, ContainerStatus.Paused, ContainerStatus.Running, cancellationToken);

    public async Task ResizeAsync(string reference, int height, int width, CancellationToken cancellationToken)
    {
        var entry = table.Get(reference);
        await RunOf(entry).ResizeAsync(null, height, width, cancellationToken);
        containerEvents.Publish(entry.Record, "resize", ("height", $"{height}"), ("width", $"{width}"));
    }

    /// <summary>The AppArmor profile of a container; empty where the host has no AppArmor.</summary>
    public string ApparmorOf(ContainerRecord record) =>
        KernelSupport.HasApparmor ? SecurityOptions.ApparmorOf(record.Spec.Host, Options.Apparmor) : "";

    /// <summary>Bytes of what the container has written to its root.</summary>
    public long SizeOf(ContainerRecord record) =>
        Images.FindSnapshot(record.Id) is { } snapshot ? TreeSize.Of(snapshot.UpperDir) : 0;

    public IAsyncEnumerable<LogEntry> LogsAsync(string reference, LogQuery query, CancellationToken cancellationToken)
    {
        var entry = table.Get(reference);
        var driver = entry.Record.Spec.Host.Log.Driver;
        if (driver == LogDrivers.Journald)
            return new JournalReader(entry.Id, services.Time).ReadAsync(query, HasEnded, cancellationToken);
        if (entry.Record.LogPath.Length == 0)
            throw new EngineException(
                EngineError.NotImplemented, $"configured logging driver does not support reading: {driver} keeps no log on this host; run the "
                + "container with --log-driver local or json-file");
        var codec = driver == LogDrivers.Local ? LogCodec.Local : LogCodec.Json;
        return new LogReader(entry.Record.LogPath, codec, services.Time).ReadAsync(query, HasEnded, cancellationToken);

        bool HasEnded() => entry.IsRemoved
            || entry.Record.State.Status is not (ContainerStatus.Running
                or ContainerStatus.Paused or ContainerStatus.Restarting);
    }

    /// <summary>Joins a container's stdio. Of one that is not up yet: before its first byte can come.</summary>
    public async Task<AttachedStreams> AttachAsync(
        string reference, AttachOptions options, CancellationToken cancellationToken)
    {
        var entry = table.Get(reference);
        using var held = await entry.Gate.EnterAsync(cancellationToken);
        var spec = entry.Record.Spec;
        if (entry.Record.State.Status == ContainerStatus.Paused)
            throw EngineException.Conflict(
                $"container {entry.Record.Name} is paused, unpause the container before attach");
        containerEvents.Publish(entry.Record, "attach");
        options = options with { Detached = () => containerEvents.Publish(entry.Record, "detach") };
        return entry.Run is { } run
            ? await run.AttachAsync(null, options, spec.Tty, spec.StdinOnce, cancellationToken)
            : entry.Attaching.Enter(options, framed: !spec.Tty);
    }

    /// <summary>Process list: column titles and rows.</summary>
    public async Task<ProcessTable> TopAsync(
        string reference, string arguments, CancellationToken cancellationToken)
    {
        var entry = table.Get(reference);
        var processes = await Top.ReadAsync(RunOf(entry).Pid, arguments, cancellationToken);
        containerEvents.Publish(entry.Record, "top");
        return processes;
    }

    /// <summary>One sample of what the container uses; null while it is down.</summary>
    public async Task<ContainerUsage?> StatsAsync(string reference, CancellationToken cancellationToken) =>
        table.Get(reference).Run is { } run ? await Usage.ReadAsync(run, cancellationToken) : null;

    /// <returns>The exec's id.</returns>
    public string CreateExec(string reference, ExecSpec spec) => execs.Create(reference, spec);

    /// <summary>
    /// Runs an exec instance; null when it was created without streams or <paramref name="detach"/> is set.
    /// </summary>
    public Task<AttachedStreams?> StartExecAsync(string execId, bool detach, CancellationToken cancellationToken) =>
        execs.StartAsync(execId, detach, cancellationToken);

    public ExecRecord InspectExec(string execId) => execs.Inspect(execId);

    /// <summary>Execs of a container that have not ended.</summary>
    public IReadOnlyList<string> ExecsOf(string containerId) => execs.Of(containerId);

    public Task ResizeExecAsync(string execId, int height, int width, CancellationToken cancellationToken) =>
        execs.ResizeAsync(execId, height, width, cancellationToken);

    /// <summary>Makes an image of a container as it is now.</summary>
    /// <returns>The image's id.</returns>
    public Task<Oci.Images.Digest> CommitAsync(
        string reference, CommitRequest request, CancellationToken cancellationToken) =>
        committer.CommitAsync(reference, request, cancellationToken);

    /// <summary>Joins a container to one more network, now if it runs and at each later start.</summary>
    public Task ConnectAsync(string reference, EndpointConfig endpoint, CancellationToken cancellationToken) =>
        networks.ConnectAsync(table.Get(reference), endpoint, cancellationToken);

    public Task DisconnectAsync(string reference, string network, bool force, CancellationToken cancellationToken) =>
        networks.DisconnectAsync(table.Get(reference), network, force, cancellationToken);

    /// <summary>
    /// Writes <c>/etc/hosts</c> and its like of running containers anew; call it when the cluster's names changed.
    /// </summary>
    public void RefreshFiles(string reference) => networks.RefreshFiles(table.Get(reference));

    /// <summary>
    /// A container made from an image or that mounts it, a running one first: what keeps that image from being removed.
    /// </summary>
    public ImageUse? UserOf(Oci.Images.Digest imageId)
    {
        var id = imageId.ToString();
        var users = table.All.Select(entry => entry.Record).Where(record => record.ImageId == id
            || record.Mounts.Any(mount => mount.Type == "image" && mount.Options == id)).ToList();
        var user = users.Find(record => record.State.IsUp) ?? users.FirstOrDefault();
        return user is null ? null : new ImageUse(user.Id, user.State.IsUp);
    }

    /// <summary>Stops all containers before the engine itself goes. To whoever opens the next one they have ended
    /// meanwhile, and those whose policy says so start again.</summary>
    /// <param name="grace">Between stop signal and SIGKILL; negative: as long as they need.</param>
    public async Task StopAllAsync(TimeSpan grace, CancellationToken cancellationToken)
    {
        await tasks.DisposeAsync(); // Nobody watches their ends any more, and nobody starts them again.
        await Task.WhenAll(table.All.Select(entry => stopper.EndAsync(entry, grace, cancellationToken)));
    }

    public async ValueTask DisposeAsync()
    {
        services.Images.Changed -= PublishImageEvent;
        await tasks.DisposeAsync();
        roots.Dispose();
    }

    internal async Task RecoverAsync(CancellationToken cancellationToken)
    {
        var swept = await recovery.LoadAsync(cancellationToken) + await steps.SweepAsync(cancellationToken);
        await services.Network.StartAsync(table.All.Select(entry => entry.Id).ToHashSet(), cancellationToken);
        await recovery.ResumeAsync(swept, cancellationToken);
    }

    private static IContainerRun RunOf(ContainerEntry entry) =>
        entry.Run ?? throw EngineException.Conflict($"container {entry.Id} is not running");

    private async Task SwitchAsync(
        string reference, ContainerStatus from, ContainerStatus to, CancellationToken cancellationToken)
    {
        var entry = table.Get(reference);
        using var held = await entry.Gate.EnterAsync(cancellationToken);
        var pauses = to == ContainerStatus.Paused;
        if (entry.Record.State.Status != from)
        {
            throw EngineException.Conflict(pauses && entry.Record.State.Status == ContainerStatus.Paused
                ? $"Container {entry.Record.Name} is already paused"
                : $"Container {entry.Record.Name} is not {(pauses ? "running" : "paused")}");
        }

        var run = RunOf(entry);
        await (pauses ? run.PauseAsync(cancellationToken) : run.ResumeAsync(cancellationToken));
        entry.SetState(state => state with { Status = to });
        store.Save(entry.Record);
        containerEvents.Publish(entry.Record, pauses ? "pause" : "unpause");
    }

    private void PublishImageEvent(ImageEvent change) => Events.Publish(
        "image", change.Action, change.Id,
        change.Name is { } name ? new Dictionary<string, string> { ["name"] = name }
            : new Dictionary<string, string>());
}
