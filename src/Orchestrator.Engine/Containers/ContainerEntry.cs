using Orchestrator.Engine.Running;

namespace Orchestrator.Engine.Containers;

/// <summary>
/// One container in memory: its record, whoever waits for a change of it, and the lock its changes are made under.
/// </summary>
internal sealed class ContainerEntry(ContainerRecord record)
{
    private volatile ContainerRecord current = record;
    private volatile TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int removing;

    public string Id { get; } = record.Id;

    /// <summary>
    /// Held by create, start, stop, remove and the like, one at a time; never while waiting for an exit.
    /// </summary>
    public AsyncLock Gate { get; } = new();

    /// <summary>The snapshot readers take; replaced whole.</summary>
    public ContainerRecord Record => current;

    /// <summary>Completes at the next change. Take it before looking at <see cref="Record"/>.</summary>
    public Task Changed => changed.Task;

    /// <summary>How often it has ended since the daemon came up.</summary>
    public int Exits { get; private set; }

    public ContainerExit LastExit { get; private set; } = new(record.State.ExitCode, record.State.Error);

    public bool IsRemoved { get; private set; }

    /// <summary>The running container's shim; null while it is down.</summary>
    public IContainerRun? Run { get; set; }

    /// <summary>Cancels the wait before the next start by policy.</summary>
    public CancellationTokenSource? PendingRestart { get; set; }

    /// <summary>The wait before the last start by policy; doubles from one to the next.</summary>
    public TimeSpan RestartDelay { get; set; }

    /// <summary>Clients that attached before the start.</summary>
    public AttachQueue Attaching { get; } = new();

    /// <summary>Of several who are asked to remove it, one does.</summary>
    /// <returns>False: somebody is at it.</returns>
    public bool TryBeginRemoval() => Interlocked.Exchange(ref removing, 1) == 0;

    /// <summary>It came to nothing, and may be tried again.</summary>
    public void EndRemoval() => Volatile.Write(ref removing, 0);

    public void CancelPendingRestart()
    {
        PendingRestart?.Cancel();
        PendingRestart = null;
    }

    public void Set(ContainerRecord next)
    {
        current = next;
        Notify();
    }

    public void SetState(Func<ContainerState, ContainerState> change) =>
        Set(current with { State = change(current.State) });

    public void SetExited(ContainerRecord next, ContainerExit exit)
    {
        Exits++;
        LastExit = exit;
        Set(next);
    }

    public void SetRemoved()
    {
        IsRemoved = true;
        Notify();
    }

    public async Task<ContainerExit> WaitAsync(WaitCondition condition, CancellationToken cancellationToken)
    {
        var exitsBefore = Exits;
        while (true)
        {
            var change = Changed;
            if (IsMet(condition, exitsBefore))
                return LastExit;
            await change.WaitAsync(cancellationToken);
        }
    }

    /// <summary>A removal ends every wait: nothing else will come.</summary>
    private bool IsMet(WaitCondition condition, int exitsBefore) => IsRemoved || condition switch
    {
        WaitCondition.NotRunning => !current.State.IsUp && current.State.Status != ContainerStatus.Restarting,
        WaitCondition.NextExit => Exits > exitsBefore,
        _ => false,
    };

    private void Notify() =>
        Interlocked.Exchange(ref changed, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
}
