using System.Collections.Concurrent;
using System.Net.Sockets;
using Orchestrator.Engine.Containers;
using Orchestrator.Engine.Running;
using Orchestrator.Oci.Shim;

namespace Orchestrator.Engine.Execs;

/// <summary>Exec instances: made, started once, and remembered until some time after their end.</summary>
internal sealed class ExecTable(
    ContainerTable containers, ContainerEvents events, Func<string[]> hostCapabilities, BackgroundTasks tasks,
    TimeProvider time)
{
    private static readonly TimeSpan Remembered = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<string, ExecEntry> execs = new();

    public string Create(string reference, ExecSpec spec)
    {
        var container = containers.Get(reference);
        RunOf(container);
        if (spec.Command.Count == 0)
            throw EngineException.Invalid("No exec command specified");
        var id = RandomId.Next();
        execs[id] = new ExecEntry(new ExecRecord(id, container.Id, spec, Running: false, Pid: 0, ExitCode: null));
        events.Publish(container.Record, $"exec_create: {string.Join(' ', spec.Command)}", ("execID", id));
        return id;
    }

    public ExecRecord Inspect(string id) => Get(id).Record;

    /// <summary>Ids of the execs of a container that have not ended.</summary>
    public IReadOnlyList<string> Of(string containerId) =>
        [.. execs.Values.Where(exec => exec.Record.ContainerId == containerId && exec.Record.ExitCode is null)
            .Select(exec => exec.Record.Id)];

    public async Task<AttachedStreams?> StartAsync(string id, bool detach, CancellationToken cancellationToken)
    {
        var exec = Get(id);
        var container = containers.Get(exec.Record.ContainerId);
        var run = RunOf(container);
        if (!exec.TryBegin())
            throw EngineException.Conflict($"exec {id} has already been started");
        var spec = exec.Record.Spec;
        detach |= !(spec.AttachStdin || spec.AttachStdout || spec.AttachStderr);
        try
        {
            var started = await run.ExecAsync(
                ExecProcess.Of(container.Record, run, spec, hostCapabilities()), spec.AttachStdin && !detach,
                spec.Privileged, detach, cancellationToken);
            exec.ShimId = started.ExecId;
            exec.Record = exec.Record with { Running = true, Pid = started.Pid };
        }
        catch (Exception e) when (e is ShimException or SocketException or EngineException)
        {
            throw Failed(container, exec, e);
        }

        events.Publish(container.Record, $"exec_start: {string.Join(' ', spec.Command)}", ("execID", id));
        var wanted = new AttachOptions(
            spec.AttachStdin, spec.AttachStdout, spec.AttachStderr, DetachKeys: spec.DetachKeys,
            Detached: () => events.Publish(container.Record, "exec_detach", ("execID", id)));
        var streams = detach
            ? null : await run.AttachAsync(exec.ShimId, wanted, spec.Tty, stdinOnce: true, cancellationToken);
        tasks.Run(token => WatchAsync(container, exec, run, token));
        return streams is null ? null : new StreamsUntilEnd(streams, exec.Ended, time);
    }

    public async Task ResizeAsync(string id, int height, int width, CancellationToken cancellationToken)
    {
        var exec = Get(id);
        if (exec.ShimId is not { } shimId || exec.Record.ExitCode is not null)
            throw EngineException.Conflict($"exec {id} is not running");
        await RunOf(containers.Get(exec.Record.ContainerId)).ResizeAsync(shimId, height, width, cancellationToken);
    }

    private ExecEntry Get(string id) =>
        execs.TryGetValue(id, out var exec) ? exec : throw EngineException.NoSuchExec(id);

    private static IContainerRun RunOf(ContainerEntry container)
    {
        if (container.Record.State.Status == Containers.ContainerStatus.Paused)
            throw EngineException.Conflict(
                $"Container {container.Record.Name} is paused, unpause the container before exec");
        return container.Run ?? throw EngineException.Conflict($"container {container.Id} is not running");
    }

    private EngineException Failed(ContainerEntry container, ExecEntry exec, Exception cause)
    {
        var failure = cause switch
        {
            EngineException known => known,
            ShimException { ExitCode: 127 } => new EngineException(EngineError.CommandNotFound,
                $"OCI runtime exec failed: exec failed: \"{exec.Record.Spec.Command[0]}\": "
                + "executable file not found in $PATH", cause),
            ShimException { ExitCode: 126 } => new EngineException(EngineError.CommandNotExecutable,
                $"OCI runtime exec failed: exec failed: \"{exec.Record.Spec.Command[0]}\": permission denied", cause),
            _ => new EngineException(
                // As docker, which takes these words for a program that is not there.
                cause.Message.Contains("no such file or directory", StringComparison.OrdinalIgnoreCase)
                    ? EngineError.CommandNotFound : EngineError.Internal,
                $"OCI runtime exec failed: exec failed: unable to start container process: {cause.Message}", cause),
        };
        var code = failure.Error switch { EngineError.CommandNotFound => 127, _ => 126 };
        End(container, exec, code);
        return failure;
    }

    private async Task WatchAsync(
        ContainerEntry container, ExecEntry exec, IContainerRun run, CancellationToken cancellationToken)
    {
        try
        {
            var exit = await run.WaitExecAsync(exec.ShimId!, cancellationToken);
            End(container, exec, exit.ExitCode);
            await Task.Delay(Remembered, time, cancellationToken);
            execs.TryRemove(exec.Record.Id, out _);
        }
        catch (OperationCanceledException)
        {
        }
    }

    private void End(ContainerEntry container, ExecEntry exec, int exitCode)
    {
        exec.Record = exec.Record with { Running = false, ExitCode = exitCode };
        exec.SetEnded();
        events.Publish(container.Record, "exec_die", ("execID", exec.Record.Id), ("exitCode", $"{exitCode}"));
    }

    private sealed class ExecEntry(ExecRecord record)
    {
        private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int begun;

        public Task Ended => ended.Task;

        public ExecRecord Record { get; set; } = record;

        public string? ShimId { get; set; }

        public void SetEnded() => ended.TrySetResult();

        public bool TryBegin() => Interlocked.Exchange(ref begun, 1) == 0;
    }
}
