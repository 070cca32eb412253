using Orchestrator.Store;

namespace Orchestrator.Manager.Tests;

/// <summary>
/// A log with a door: while it is shut, proposals wait in front of it. Their transactions have run, and nothing is in order
/// yet, so what passes another way meanwhile comes first.
/// </summary>
internal sealed class DoorLog(IReplicatedLog inner) : IReplicatedLog
{
    private readonly Lock gate = new();
    private readonly List<Func<Task>> waiting = [];
    private bool shut;

    public LeadershipStatus Status => inner.Status;

    public int WaitingCount
    {
        get
        {
            lock (gate)
                return waiting.Count;
        }
    }

    public void Shut()
    {
        lock (gate)
            shut = true;
    }

    /// <summary>Lets in who waits, in the order of coming; they are appended when this returns.</summary>
    public void Open()
    {
        lock (gate)
        {
            shut = false;
            foreach (var enter in waiting)
                _ = enter(); // Ends as the proposal does, whose caller waits for it.
            waiting.Clear();
        }
    }

    public Task<ulong> ProposeAsync(Func<ulong, ReadOnlyMemory<byte>> sequence, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (!shut)
                return inner.ProposeAsync(sequence, cancellationToken);
            var done = new TaskCompletionSource<ulong>(TaskCreationOptions.RunContinuationsAsynchronously);
            waiting.Add(async () =>
            {
                try
                {
                    done.SetResult(await inner.ProposeAsync(sequence, cancellationToken));
                }
#pragma warning disable CA1031 // Whatever it is goes to who proposed.
                catch (Exception e)
#pragma warning restore CA1031
                {
                    done.SetException(e);
                }
            });
            return done.Task.WaitAsync(cancellationToken);
        }
    }

    public Task<ulong> ReadBarrierAsync(CancellationToken cancellationToken) => inner.ReadBarrierAsync(cancellationToken);

    public IAsyncEnumerable<LeadershipStatus> WatchLeadershipAsync(CancellationToken cancellationToken) =>
        inner.WatchLeadershipAsync(cancellationToken);
}
