using Orchestrator.Engine.Containers;
using Orchestrator.Oci.Shim;
using Status = Orchestrator.Engine.Containers.ContainerStatus;

namespace Orchestrator.Engine.Running;

/// <summary>Signals containers and waits for them to go down.</summary>
/// <remarks>The lock is held while signalling, never while waiting: the end itself needs it.</remarks>
internal sealed class ContainerStopper(
    ContainerStore store, ContainerEvents events, EngineOptions options, TimeProvider time)
{
    public async Task StopAsync(
        ContainerEntry entry, TimeSpan? timeout, string? signal, CancellationToken cancellationToken)
    {
        var record = entry.Record;
        var number = Signals.Parse(string.IsNullOrEmpty(signal) ? record.Process.StopSignal : signal);
        var grace = timeout ?? TimeSpan.FromSeconds(record.Spec.StopTimeoutSeconds ?? options.StopTimeoutSeconds);
        if (!await BeginAsync(entry, number, cancellationToken))
            throw EngineException.NotModified("Container already stopped");

        if (!await WaitDownAsync(entry, grace, cancellationToken))
        {
            await SignalAsync(entry, Signals.Kill, cancellationToken);
            await WaitDownAsync(entry, Timeout.InfiniteTimeSpan, cancellationToken);
        }

        events.Publish(record, "stop");
    }

    /// <summary>
    /// Sends a signal at a user's request. The ones that end a container count as a wish that it stay down.
    /// </summary>
    public async Task KillAsync(ContainerEntry entry, string signal, CancellationToken cancellationToken)
    {
        var number = Signals.Parse(signal);
        using (await entry.Gate.EnterAsync(cancellationToken))
        {
            var run = entry.Run ?? throw EngineException.Conflict(
                $"cannot kill container: {entry.Record.Name}: container {entry.Id} is not running");
            if (number == Signals.Kill || number == Signals.Parse(entry.Record.Process.StopSignal))
                MarkStopped(entry);
            await SendAsync(run, number, cancellationToken);
            events.Publish(entry.Record, "kill", ("signal", $"{number}"));
        }

        if (number == Signals.Kill)
            await WaitDownAsync(entry, Timeout.InfiniteTimeSpan, cancellationToken);
    }

    /// <summary>Kills without ado, for removal by force.</summary>
    public async Task ForceDownAsync(ContainerEntry entry, CancellationToken cancellationToken)
    {
        if (await BeginAsync(entry, Signals.Kill, cancellationToken))
            await WaitDownAsync(entry, Timeout.InfiniteTimeSpan, cancellationToken);
    }

    /// <summary>As <see cref="StopAsync"/>, but nothing is written down: its end is the next daemon's to find.</summary>
    public async Task EndAsync(ContainerEntry entry, TimeSpan grace, CancellationToken cancellationToken)
    {
        if (entry.Run is not { } run)
            return;
        if (run.IsPaused)
            await TryResumeAsync(run, cancellationToken);
        await SendAsync(run, Signals.Parse(entry.Record.Process.StopSignal), cancellationToken);
        var ended = run.WaitAsync(cancellationToken);
        try
        {
            await ended.WaitAsync(grace < TimeSpan.Zero ? Timeout.InfiniteTimeSpan : grace, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            await SendAsync(run, Signals.Kill, cancellationToken);
            await ended;
        }
    }

    /// <returns>False: it is down already.</returns>
    private async Task<bool> BeginAsync(ContainerEntry entry, int signal, CancellationToken cancellationToken)
    {
        using var held = await entry.Gate.EnterAsync(cancellationToken);
        if (entry.Run is { } run)
        {
            MarkStopped(entry);
            if (entry.Record.State.Status == Status.Paused && signal != Signals.Kill)
                await ResumeAsync(entry, run, cancellationToken);
            await SendAsync(run, signal, cancellationToken);
            events.Publish(entry.Record, "kill", ("signal", $"{signal}"));
            return true;
        }

        if (entry.Record.State.Status != Status.Restarting)
            return false;
        entry.CancelPendingRestart();
        entry.SetState(state => state with { Status = Status.Exited, Wanted = false, StoppedByUser = true });
        store.Save(entry.Record);
        return true;
    }

    private static async Task ResumeAsync(ContainerEntry entry, IContainerRun run, CancellationToken cancellationToken)
    {
        if (await TryResumeAsync(run, cancellationToken))
            entry.SetState(state => state with { Status = Status.Running });
    }

    /// <summary>A frozen process would not see the signal.</summary>
    /// <returns>False: it has just ended.</returns>
    private static async Task<bool> TryResumeAsync(IContainerRun run, CancellationToken cancellationToken)
    {
        try
        {
            await run.ResumeAsync(cancellationToken);
            return true;
        }
        catch (EngineException e) when (e.Error == EngineError.Conflict)
        {
            return false;
        }
    }

    private void MarkStopped(ContainerEntry entry)
    {
        entry.SetState(state => state with { StoppedByUser = true, Wanted = false });
        store.Save(entry.Record);
    }

    private static async Task SignalAsync(ContainerEntry entry, int signal, CancellationToken cancellationToken)
    {
        using var held = await entry.Gate.EnterAsync(cancellationToken);
        if (entry.Run is { } run)
            await SendAsync(run, signal, cancellationToken);
    }

    private static async Task SendAsync(IContainerRun run, int signal, CancellationToken cancellationToken)
    {
        try
        {
            await run.SignalAsync(signal, cancellationToken);
        }
        catch (ShimException)
        {
            // It ended between our look and the signal: what was wanted has come about.
        }
    }

    private async Task<bool> WaitDownAsync(ContainerEntry entry, TimeSpan grace, CancellationToken cancellationToken)
    {
        if (grace < TimeSpan.Zero)
            grace = Timeout.InfiniteTimeSpan;
        using var limit = new CancellationTokenSource(grace, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        while (true)
        {
            var changed = entry.Changed;
            if (entry.IsRemoved || !entry.Record.State.IsUp)
                return true;
            try
            {
                await changed.WaitAsync(either.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return false;
            }
        }
    }
}
