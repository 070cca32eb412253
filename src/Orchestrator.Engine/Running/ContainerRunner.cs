using Microsoft.Extensions.Logging;
using Orchestrator.Engine.Containers;
using Orchestrator.Engine.Health;
using Orchestrator.Oci.Shim;
using RunState = Orchestrator.Engine.Containers.ContainerState;
using Status = Orchestrator.Engine.Containers.ContainerStatus;

namespace Orchestrator.Engine.Running;

/// <summary>Brings containers up and sees to their end: state, events, restart policy, automatic removal.</summary>
internal sealed class ContainerRunner(
    IContainerHost host,
    ContainerStore store,
    ContainerEvents events,
    ContainerRemover remover,
    HealthMonitor health,
    ContainerLinks links,
    BackgroundTasks tasks,
    TimeProvider time,
    ILogger logger)
{
    /// <summary>
    /// Starts a container that is down, at someone's request: counters of the restart policy begin anew.
    /// </summary>
    public async Task StartAsync(ContainerEntry entry, CancellationToken cancellationToken)
    {
        using var held = await entry.Gate.EnterAsync(cancellationToken);
        CheckStartable(entry);
        entry.CancelPendingRestart();
        entry.RestartDelay = TimeSpan.Zero;
        entry.SetState(state => state with { RestartCount = 0 });
        // From here on the caller may go away: a half-started container is nothing anyone could use.
        await RunAsync(entry, tasks.Stopping);
    }

    /// <summary>
    /// Goes on with a container that an earlier daemon started. The entry is not yet known to anyone else.
    /// </summary>
    public void Adopt(ContainerEntry entry, IContainerRun run)
    {
        entry.Run = run;
        entry.Set(entry.Record with
        {
            Connections = run.Connections,
            Ports = run.Ports,
            State = entry.Record.State with
            {
                Status = run.IsPaused ? Status.Paused : Status.Running,
                Pid = run.Pid,
                StartedAt = run.StartedAt ?? entry.Record.State.StartedAt,
                Wanted = true,
            },
        });
        tasks.Run(token => WatchAsync(entry, run, token));
    }

    /// <summary>Records an end that happened while no daemon looked, and does what the restart policy says.</summary>
    public async Task SettleAsync(ContainerEntry entry, ExitStatus exit, CancellationToken cancellationToken)
    {
        using var held = await entry.Gate.EnterAsync(cancellationToken);
        await EndAsync(entry, exit, cancellationToken);
    }

    /// <summary>Starts a container by policy, after <paramref name="delay"/>.</summary>
    public void Restart(ContainerEntry entry, TimeSpan delay)
    {
        var pending = CancellationTokenSource.CreateLinkedTokenSource(tasks.Stopping);
        entry.PendingRestart = pending;
        tasks.Run(_ => RestartAsync(entry, delay, pending));
    }

    private static void CheckStartable(ContainerEntry entry)
    {
        if (entry.IsRemoved)
            throw EngineException.NoSuchContainer(entry.Id);
        switch (entry.Record.State.Status)
        {
            case Status.Paused:
                throw EngineException.Conflict("cannot start a paused container, try unpause instead");
            case Status.Running:
                throw EngineException.NotModified("Container already started");
            case Status.Removing or Status.Dead:
                throw EngineException.Conflict("container is marked for removal and cannot be started");
        }
    }

    private async Task RunAsync(ContainerEntry entry, CancellationToken cancellationToken)
    {
        var wanted = entry.Record with
        {
            State = entry.Record.State with { Wanted = true, StoppedByUser = false, Error = "", OomKilled = false },
        };
        // On disk before the start is acknowledged, and at the same time as the work: neither waits for the other.
        var saved = Task.Run(() => store.Save(wanted), cancellationToken);
        try
        {
            wanted = wanted with { LinkEnvironment = links.Environment(wanted) };
            var run = await host.CreateAsync(wanted, cancellationToken);
            await StartAsync(entry, wanted, run, cancellationToken);
            await saved;
            if (!run.Connections.Select(c => c.NetworkName).SequenceEqual(wanted.Connections.Select(c => c.NetworkName)))
                store.SaveForNow(entry.Record); // What a user called it by is not what it is found by later.
        }
        catch (Exception e)
        {
            // Two writers of one record would take its file from each other.
            await saved.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (e is OperationCanceledException)
                throw;
            throw await FailAsync(entry, e);
        }
    }

    private async Task StartAsync(
        ContainerEntry entry, ContainerRecord wanted, IContainerRun run, CancellationToken cancellationToken)
    {
        var spec = wanted.Spec;
        await entry.Attaching.JoinAsync(run, spec.Tty, spec.StdinOnce, cancellationToken);
        await run.StartAsync(cancellationToken);
        entry.Run = run;
        entry.Set(wanted with
        {
            Connections = run.Connections,
            Ports = run.Ports,
            State = wanted.State with
            {
                Status = Status.Running,
                Pid = run.Pid,
                ExitCode = 0,
                StartedAt = run.StartedAt ?? time.GetUtcNow(),
                FinishedAt = wanted.State.FinishedAt,
                Health = HealthRules.Initial(wanted.Process.Health),
            },
        });
        foreach (var connection in run.Connections)
            events.Network("connect", entry.Record, connection);
        foreach (var mount in wanted.Mounts.Where(mount => mount.Type == "volume"))
            events.Mount(entry.Record, mount);
        events.Publish(entry.Record, "start");
        tasks.Run(token => WatchAsync(entry, run, token));
        foreach (var linker in links.LinkersOf(entry.Id).ToList())
            await host.RelinkAsync(linker, cancellationToken);
    }

    private async Task<EngineException> FailAsync(ContainerEntry entry, Exception cause)
    {
        await host.ReleaseAsync(entry.Record, CancellationToken.None);
        entry.Attaching.Dismiss();
        entry.Run = null;
        var failure = StartFailure.Explain(entry.Record, cause);
        var state = entry.Record.State with
        {
            Status = entry.Record.State.StartedAt is null ? Status.Created : Status.Exited,
            Pid = 0,
            ExitCode = failure.Error switch
            {
                EngineError.CommandNotFound => 127,
                EngineError.CommandNotExecutable => 126,
                _ => 128,
            },
            Error = failure.Message,
            FinishedAt = time.GetUtcNow(),
            Wanted = false,
        };
        entry.SetExited(entry.Record with { State = state, Ports = [] }, new(state.ExitCode, failure.Message));
        TrySave(entry.Record);
        events.Publish(entry.Record, "die", ("exitCode", $"{state.ExitCode}"));
        if (entry.Record.Spec.Host.AutoRemove)
            await remover.RemoveLockedAsync(entry, volumes: true);
        return failure;
    }

    private async Task WatchAsync(ContainerEntry entry, IContainerRun run, CancellationToken cancellationToken)
    {
        try
        {
            var exit = await WaitAsync(entry, run, cancellationToken);
            using var held = await entry.Gate.EnterAsync(cancellationToken);
            if (entry.Run == run)
                await EndAsync(entry, exit, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // The daemon goes, the container stays; the next daemon adopts it.
        }
        catch (Exception e) when (e is IOException or InvalidOperationException or EngineException)
        {
            logger.EndNotHandled(entry.Id, e);
        }
    }

    /// <summary>Checks its health meanwhile.</summary>
    private async Task<ExitStatus> WaitAsync(
        ContainerEntry entry, IContainerRun run, CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var checking = health.RunAsync(entry, run, ended.Token);
        try
        {
            return await run.WaitAsync(cancellationToken);
        }
        finally
        {
            await ended.CancelAsync();
            await checking;
        }
    }

    private async Task EndAsync(ContainerEntry entry, ExitStatus exit, CancellationToken cancellationToken)
    {
        var before = entry.Record;
        entry.Run = null;
        var delay = before.Spec.Host.RestartPolicy.DelayAfter(
            exit.ExitCode, before.State.RestartCount, before.State.StoppedByUser, entry.RestartDelay,
            exit.FinishedAt - (before.State.StartedAt ?? exit.FinishedAt));
        var removes = delay is null && before.Spec.Host.AutoRemove;

        // What costs time runs side by side: the kernel's objects, and the record unless it is about to go anyway.
        var ended = before with
        {
            State = Ended(before.State, exit, delay is not null),
            Ports = [],
            Connections = Off(before),
        };
        var saved = removes ? Task.CompletedTask : Task.Run(() => TrySave(ended), CancellationToken.None);
        await host.ReleaseAsync(before, CancellationToken.None);
        await saved;

        entry.SetExited(ended, new ContainerExit(exit.ExitCode, exit.Error ?? ""));
        PublishEnd(before, ended, exit);
        if (delay is { } wait && !cancellationToken.IsCancellationRequested)
        {
            entry.RestartDelay = wait;
            Restart(entry, wait);
        }
        else if (removes)
        {
            await remover.RemoveLockedAsync(entry, volumes: true);
        }
    }

    private static RunState Ended(RunState state, ExitStatus exit, bool restarts) => state with
    {
        Status = restarts ? Status.Restarting : Status.Exited,
        Pid = 0,
        ExitCode = exit.ExitCode,
        OomKilled = exit.OomKilled,
        Error = exit.Error ?? "",
        StartedAt = exit.StartedAt ?? state.StartedAt,
        FinishedAt = exit.FinishedAt,
        RestartCount = state.RestartCount + (restarts ? 1 : 0),
        Wanted = restarts,
        Health = HealthRules.Ended(state.Health),
    };

    private static List<NetworkConnection> Off(ContainerRecord record) =>
        [.. record.Connections.Select(connection => connection.Off())];

    private void PublishEnd(ContainerRecord before, ContainerRecord ended, ExitStatus exit)
    {
        var ran = exit.FinishedAt - (ended.State.StartedAt ?? exit.FinishedAt);
        if (exit.OomKilled)
            events.Publish(ended, "oom");
        events.Publish(ended, "die", ("exitCode", $"{exit.ExitCode}"), ("execDuration", $"{(long)ran.TotalSeconds}"));
        foreach (var connection in before.Connections)
            events.Network("disconnect", ended, connection);
        foreach (var mount in before.Mounts.Where(mount => mount.Type == "volume"))
            events.Unmount(ended, mount);
    }

    private async Task RestartAsync(ContainerEntry entry, TimeSpan delay, CancellationTokenSource pending)
    {
        try
        {
            await Task.Delay(delay, time, pending.Token);
            using var held = await entry.Gate.EnterAsync(pending.Token);
            if (entry.PendingRestart != pending)
                return; // Someone started, stopped or removed it meanwhile.
            entry.PendingRestart = null;
            await RunOrRetryAsync(entry, pending.Token);
        }
        catch (OperationCanceledException)
        {
        }
        finally
        {
            pending.Dispose();
        }
    }

    /// <summary>With the gate held to the end: what is to follow a failure is part of it.</summary>
    private async Task RunOrRetryAsync(ContainerEntry entry, CancellationToken cancellationToken)
    {
        try
        {
            await RunAsync(entry, cancellationToken);
        }
        catch (EngineException e)
        {
            logger.RestartFailed(entry.Id, e.Message);
            RetryAfterFailure(entry);
        }
    }

    /// <summary>A start by policy that failed counts as an end with its exit status: what was wrong may pass.</summary>
    private void RetryAfterFailure(ContainerEntry entry)
    {
        var state = entry.Record.State;
        var delay = entry.Record.Spec.Host.RestartPolicy.DelayAfter(
            state.ExitCode, state.RestartCount, state.StoppedByUser, entry.RestartDelay, TimeSpan.Zero);
        if (delay is not { } wait || entry.IsRemoved)
            return;
        entry.RestartDelay = wait;
        entry.SetState(
            now => now with { Status = Status.Restarting, Wanted = true, RestartCount = now.RestartCount + 1 });
        TrySave(entry.Record);
        Restart(entry, wait);
    }

    /// <summary>
    /// The state lives on in memory and in the shim's own files; a full disk must not stop a container's end.
    /// </summary>
    private void TrySave(ContainerRecord record)
    {
        try
        {
            store.Save(record);
        }
        catch (IOException e)
        {
            logger.NotSaved(record.Id, e);
        }
    }
}
