using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Engine.Containers;
using Orchestrator.Engine.Events;
using Orchestrator.Engine.Health;
using Orchestrator.Engine.Running;
using Orchestrator.Engine.Volumes;
using Orchestrator.Testing;

namespace Orchestrator.Engine.Tests.Running;

/// <summary>The engine's rules on a real disk and a fake kernel. A second rig on the same folder is the next daemon.</summary>
internal sealed class Rig : IAsyncDisposable
{
    private readonly BackgroundTasks tasks = new();
    private readonly EngineRecovery recovery;
    private readonly bool ownsFolder;

    public Rig(Rig? before = null)
    {
        ownsFolder = before is null;
        Folder = before?.Folder ?? Directory.CreateTempSubdirectory("orch-engine-").FullName;
        Host = before?.Host ?? new FakeHost();
        Time = before?.Time ?? new ManualTime();
        Events = new EventLog(Time);
        var events = new ContainerEvents(Events);
        var logger = NullLogger.Instance;
        Store = new ContainerStore(Folder);
        Remover = new ContainerRemover(Host, Store, Table, new VolumeStore(Folder, Events, Time), events, logger);
        var links = new ContainerLinks(Table);
        var health = new HealthMonitor(new HealthProbe(events, () => [], Time), Store, events, Time, logger);
        Runner = new ContainerRunner(Host, Store, events, Remover, health, links, tasks, Time, logger);
        Updater = new ContainerUpdater(Store, events, new KernelSupport());
        Stopper = new ContainerStopper(Store, events, new EngineOptions(), Time);
        recovery = new EngineRecovery(Host, Store, Table, Runner, Remover, Time, logger);
    }

    public string Folder { get; }

    public FakeHost Host { get; }

    public ManualTime Time { get; }

    public EventLog Events { get; }

    public ContainerTable Table { get; } = new();

    public ContainerStore Store { get; }

    public ContainerRunner Runner { get; }

    public ContainerStopper Stopper { get; }

    public ContainerRemover Remover { get; }

    public ContainerUpdater Updater { get; }

    public ContainerEntry Add(string name, RestartPolicy? policy = null, bool autoRemove = false)
    {
        var id = RandomId.Next();
        Table.TakeName(name, id);
        Store.CreateDirectory(id);
        var entry = new ContainerEntry(new ContainerRecord
        {
            Id = id,
            Name = name,
            Created = Time.GetUtcNow(),
            ImageId = "sha256:0",
            LogPath = Store.LogOf(id, "json-file"),
            Process = new ProcessRecord { Arguments = ["sleep"] },
            Spec = new ContainerSpec
            {
                Image = "web", Host = new HostSpec { RestartPolicy = policy ?? new(), AutoRemove = autoRemove },
            },
        });
        Store.Save(entry.Record);
        Table.Add(entry);
        return entry;
    }

    public async Task<ContainerEntry> StartAsync(string name, RestartPolicy? policy = null, bool autoRemove = false)
    {
        var entry = Add(name, policy, autoRemove);
        await Runner.StartAsync(entry, CancellationToken.None);
        return entry;
    }

    public FakeRun RunOf(ContainerEntry entry) => Host.Runs[entry.Id];

    public async Task RecoverAsync() =>
        await recovery.ResumeAsync(await recovery.LoadAsync(CancellationToken.None), CancellationToken.None);

    /// <summary>Waits for what background work is to bring about. Virtual time stands still meanwhile.</summary>
    public static async Task UntilAsync(ContainerEntry entry, Func<ContainerEntry, bool> holds)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (true)
        {
            var changed = entry.Changed;
            if (holds(entry))
                return;
            await changed.WaitAsync(patience.Token);
        }
    }

    /// <summary>What was published so far.</summary>
    public async Task<List<string>> ActionsAsync(Func<string, bool> wanted)
    {
        var all = new List<string>();
        await foreach (var item in Events.ReadAsync(
            DateTimeOffset.UnixEpoch, Time.GetUtcNow(), CancellationToken.None))
            all.Add(item.Action);
        return [.. all.Where(wanted)];
    }

    public async ValueTask DisposeAsync()
    {
        await tasks.DisposeAsync();
        if (ownsFolder)
            Directory.Delete(Folder, recursive: true);
    }
}
