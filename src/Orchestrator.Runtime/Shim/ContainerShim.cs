using System.Text.Json;
using Orchestrator.Linux;
using Orchestrator.Linux.Files;
using Orchestrator.Linux.Processes;
using Orchestrator.Oci.Bundle;
using Orchestrator.Oci.Shim;
using Orchestrator.Runtime.Containers;
using Orchestrator.Runtime.Shim.Backends;
using Orchestrator.Runtime.Shim.Logs;
using Orchestrator.Runtime.Validation;

namespace Orchestrator.Runtime.Shim;

/// <summary>One container and its execs: what a shim does when told. Runs on the event loop's thread only.</summary>
internal sealed class ContainerShim : IDisposable
{
    private const int Sigkill = 9, NotExecutable = 126;

    /// <summary>A log disk that hangs holds up the news of an end so long, and no longer.</summary>
    private static readonly TimeSpan LogTime = TimeSpan.FromSeconds(10);

    /// <summary>Orphans that no namespace takes are ours to reap, and nothing says that they have ended.</summary>
    private static readonly TimeSpan OrphanTime = TimeSpan.FromSeconds(1);

    private readonly ShimOptions options;
    private readonly EventLoop loop;
    private readonly ShimDirectory directory;
    private readonly IContainerBackend backend;
    private readonly ContainerLog? log;
    private bool isRecorded;

    private ContainerShim(
        ShimOptions options, EventLoop loop, IContainerBackend backend, ContainerLog? log, int pid,
        ProcessStreams streams)
    {
        (this.options, this.loop, this.backend, this.log) = (options, loop, backend, log);
        directory = new ShimDirectory(options.State);
        Main = new ShimProcess(loop, pid, streams, log, options.StdinOnce, readAtOnce: true, ReapDead);
        State = Created(options, backend, pid);
        Save();
        loop.Resting = Rest;
        if (!backend.HasPidNamespace)
            loop.After(OrphanTime, ReapOrphans);
    }

    public ContainerState State { get; private set; }

    public ShimProcess Main { get; }

    public ExecSessions Execs { get; } = new();

    /// <summary>Called when a process has ended for good: who waits for it may be told.</summary>
    public Action<string?, ExitStatus>? Finished { get; set; }

    /// <summary>Everything up to just before execve.</summary>
    /// <exception cref="RuntimeException">Why not; nothing is left.</exception>
    public static ContainerShim Create(ShimOptions options, EventLoop loop)
    {
        IContainerBackend backend = options.Runtime is { } program
            ? ForeignBackend.Open(program, options) : OwnBackend.Open(options);
        try
        {
            var process = backend.Spec.Process ?? throw new RuntimeException("config.json has no process");
            var log = options.Log is { } wanted ? Open(wanted, loop) : null;
            var streams = process.Terminal ? ProcessStreams.Terminal()
                : options.InheritStdio ? ProcessStreams.Inherited()
                : ProcessStreams.Pipes(options.OpenStdin, outputs: true);
            var pid = backend.Create(streams);
            return new ContainerShim(options, loop, backend, log, pid, streams);
        }
        catch
        {
            backend.KillAll();
            backend.Remove();
            backend.Removed();
            throw;
        }
    }

    private static ContainerLog Open(LogOptions wanted, EventLoop loop)
    {
        try
        {
            return new ContainerLog(wanted, TimeProvider.System, loop.Post);
        }
        catch (IOException e)
        {
            throw new RuntimeException($"failed to initialize logging driver: {e.Message}");
        }
    }

    public ContainerState Start()
    {
        Require(ContainerStatus.Created, "start");
        State = State with { StartedAt = DateTimeOffset.UtcNow, Status = ContainerStatus.Running };
        try
        {
            backend.Start();
        }
        catch (RuntimeException e)
        {
            var code = e.ExitCode is 1 ? NotExecutable : e.ExitCode;
            Main.Ended(new ExitStatus { ExitCode = code, FinishedAt = DateTimeOffset.UtcNow, Error = e.Message });
            Ended();
            throw;
        }

        Save();
        return State;
    }

    public ShimProcess Find(string? execId) =>
        execId is null ? Main
        : Execs.Find(execId) ?? throw new RuntimeException(
            $"No such exec instance: {execId}", ShimException.WrongState);

    public void Signal(SignalRequest request)
    {
        var process = Find(request.ExecId);
        if (process.Exit is not null)
            throw new RuntimeException(
                request.ExecId is null ? $"container {options.Id} is not running" : "exec has ended");
        if (!request.All && process == Main)
            backend.Signal(Main, request.Signal);
        else if (!request.All)
            process.Signal(request.Signal);
        else if (request.Signal == Sigkill)
            backend.KillAll();
        else
            foreach (var pid in backend.Cgroups.Processes())
                ThisProcess.Kill(pid, request.Signal);
    }

    public ExecStarted Exec(ExecSpec spec)
    {
        Require(ContainerStatus.Running, "exec in");
        var process = ExecDefaults.Complete(spec, backend.Spec);
        SpecValidator.Check(process);
        var streams = process.Terminal ? ProcessStreams.Terminal() : ProcessStreams.Pipes(spec.OpenStdin, !spec.Detach);
        try
        {
            return Register(backend.Exec(process, Main.Pid, streams), streams, spec.Detach);
        }
        catch
        {
            streams.Abandon();
            throw;
        }
    }

    public void Pause()
    {
        Require(ContainerStatus.Running, "pause");
        backend.Pause();
        State = State with { Status = ContainerStatus.Paused };
        Save();
    }

    public void Resume()
    {
        Require(ContainerStatus.Paused, "unpause");
        backend.Resume();
        State = State with { Status = ContainerStatus.Running };
        Save();
    }

    public void Update(ResourcesSpec resources) => backend.Update(resources);

    public ContainerStats Stats() => StatsMapping.Of(backend.Cgroups);

    /// <summary>Kills what runs, then removes cgroup and state. The shim has nothing left to do then.</summary>
    public void Delete()
    {
        backend.KillAll();
        while (Main.Exit is null && State.Status != ContainerStatus.Stopped)
        {
            ReapDead();
            Thread.Sleep(1);
        }

        Main.StopReading(); // Ends the exit for whoever still waits.
        if (log?.Await(LogTime) != null)
            Record();
        backend.Remove();
        Directory.Delete(options.State, recursive: true);
        backend.Removed();
    }

    public void Dispose()
    {
        backend.Dispose();
        Main.Dispose();
        Execs.Dispose();
        log?.Dispose();
    }

    /// <summary>Reaps whatever has ended: our processes, and orphans that a container without a pid namespace left us.
    /// </summary>
    private void ReapDead()
    {
        while (Child.TryReap(-1, out var pid, out var status))
        {
            if (pid == Main.Pid && Main.Exit is null)
                MainDied(status);
            else if (Execs.Running(pid) is { } exec)
                exec.Ended(Status(status, State.StartedAt));
        }
    }

    private void ReapOrphans()
    {
        ReapDead();
        if (!isRecorded)
            loop.After(OrphanTime, ReapOrphans);
    }

    /// <summary>An idle container's shim should cost next to nothing.</summary>
    private void Rest()
    {
        log?.Trim();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        ResidentPages.DropFileBacked();
    }

    private void MainDied(WaitStatus status)
    {
        var oomKilled = backend.Cgroups.OomKills() > 0;
        var exit = Status(status, State.StartedAt) with { OomKilled = oomKilled };
        Main.Finished = Ended;
        Main.Ended(exit);
        if (!backend.HasPidNamespace)
            backend.KillAll(); // With a pid namespace the kernel does so itself.
    }

    /// <summary>All it wrote is in its log, then its exit is on disk, and only then is anybody told.</summary>
    private void Ended()
    {
        if (log is null)
        {
            Record();
            return;
        }

        log.Finish(Record);
        loop.After(LogTime, Record);
    }

    private void Record()
    {
        if (isRecorded)
            return;
        isRecorded = true;
        var exit = Main.Exit!;
        State = State with { Status = ContainerStatus.Stopped, Pid = 0, Exit = exit };
        try
        {
            DurableFile.Replace(
                directory.ExitFile, JsonSerializer.SerializeToUtf8Bytes(exit, ShimJson.Default.ExitStatus));
            Save();
        }
        catch (IOException)
        {
            // A full or vanished disk: those who ask the shim still get the answer from its memory.
        }

        Finished?.Invoke(null, exit);
    }

    private ExecStarted Register(int pid, ProcessStreams streams, bool detached)
    {
        var id = Guid.NewGuid().ToString("n");
        var exec = new ShimProcess(loop, pid, streams, log: null, stdinOnce: true, readAtOnce: detached, ReapDead);
        exec.Finished = () =>
        {
            Execs.Ended(id);
            Finished?.Invoke(id, exec.Exit!);
        };
        Execs.Add(id, exec);
        return new ExecStarted(id, pid);
    }

    private void Require(ContainerStatus needed, string verb)
    {
        if (State.Status == needed && !(needed == ContainerStatus.Running && Main.Exit is not null))
            return;
        var now = State.Status switch
        {
            ContainerStatus.Created => "has not been started",
            ContainerStatus.Running => "is already running",
            ContainerStatus.Paused => "is paused, unpause the container first",
            _ => "is not running",
        };
        throw new RuntimeException($"cannot {verb} container {options.Id}: it {now}", ShimException.WrongState);
    }

    private void Save() => StateRoot.Save(directory, State);

    private static ExitStatus Status(WaitStatus status, DateTimeOffset? startedAt) => new()
    {
        ExitCode = status.ExitCode, Signal = status.Signal, StartedAt = startedAt, FinishedAt = DateTimeOffset.UtcNow,
    };

    private static ContainerState Created(ShimOptions options, IContainerBackend backend, int pid) => new()
    {
        Id = options.Id,
        Status = ContainerStatus.Created,
        Pid = pid,
        PidStartTicks = ProcessIdentity.StartTicks(pid) ?? 0,
        ShimPid = Environment.ProcessId,
        ShimStartTicks = ProcessIdentity.StartTicks(Environment.ProcessId) ?? 0,
        BootId = ProcessIdentity.BootId(),
        Bundle = options.Bundle,
        CgroupsPath = backend.CgroupsPath,
        CreatedAt = DateTimeOffset.UtcNow,
    };
}
