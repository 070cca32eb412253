using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Orchestrator.Store.Host;

/// <summary>
/// A replicated log of one member in memory: tests of the state run against it. Nothing survives it. Entries commit at
/// once, or, between <see cref="Hold"/> and <see cref="Release"/>, stay appended so that a test can look at what is
/// speculated.
/// </summary>
public sealed class SoloLog : IReplicatedLog
{
    private readonly Lock gate = new();
    private readonly IReplicatedState state;
    private readonly Queue<(ulong Index, ulong Term, ReadOnlyMemory<byte> Entry, TaskCompletionSource<ulong> Done)> waiting = [];
    private readonly List<Channel<LeadershipStatus>> watchers = [];
    private ulong lastIndex = 1;
    private bool held;

    /// <summary>Starts as leader of term 1, its first entry (index 1, not shown to the state) applied.</summary>
    public SoloLog(IReplicatedState state)
    {
        this.state = state;
        Status = new(LogRole.Leader, 1, true, Self, Self.RaftId, 1, 1);
        state.LeadershipChanged(leading: true, 1);
    }

    public static LogMember Self { get; } = new(1, "solo", "localhost:2377", IsVoter: true);

    public LeadershipStatus Status { get; private set; }

    /// <summary>Entries that are appended and not committed.</summary>
    public int HeldCount
    {
        get
        {
            lock (gate)
                return waiting.Count;
        }
    }

    public Task<ulong> ProposeAsync(Func<ulong, ReadOnlyMemory<byte>> sequence, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(sequence);
        // Continuations run elsewhere, as with the real log, so that none runs under the lock.
        var done = new TaskCompletionSource<ulong>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (gate)
        {
            if (!Status.IsLeader)
                return Task.FromException<ulong>(new NotLeaderException(Status.Leader));
            try
            {
                waiting.Enqueue((lastIndex + 1, Status.Term, sequence(lastIndex + 1), done));
                lastIndex++;
            }
#pragma warning disable CA1031 // Whatever the caller's own code throws is the caller's.
            catch (Exception refusal)
#pragma warning restore CA1031
            {
                return Task.FromException<ulong>(refusal);
            }

            if (!held)
                CommitWaiting();
        }

        return done.Task.WaitAsync(cancellationToken);
    }

    public Task<ulong> ReadBarrierAsync(CancellationToken cancellationToken)
    {
        lock (gate)
        {
            return Status.IsLeader
                ? Task.FromResult(Status.AppliedIndex)
                : Task.FromException<ulong>(new NotLeaderException(Status.Leader));
        }
    }

    /// <summary>From now on entries are appended but not committed.</summary>
    public void Hold()
    {
        lock (gate)
            held = true;
    }

    /// <summary>Commits and applies what is held back.</summary>
    public void Release()
    {
        lock (gate)
        {
            held = false;
            CommitWaiting();
        }
    }

    /// <summary>
    /// Loses leadership: what is held back is dropped and its callers are told that they cannot know.
    /// </summary>
    public void StepDown()
    {
        lock (gate)
        {
            foreach (var entry in waiting)
                entry.Done.TrySetException(new ProposalUnknownException(entry.Index));
            waiting.Clear();
            lastIndex = Status.AppliedIndex;
            ChangeLeadership(leading: false);
        }
    }

    /// <summary>Wins leadership again, in the next term.</summary>
    public void Lead()
    {
        lock (gate)
        {
            lastIndex++; // The new term's first entry.
            ChangeLeadership(leading: true);
        }
    }

    public async IAsyncEnumerable<LeadershipStatus> WatchLeadershipAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var changes = Channel.CreateBounded<LeadershipStatus>(
            new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
        lock (gate)
        {
            changes.Writer.TryWrite(Status);
            watchers.Add(changes);
        }

        try
        {
            await foreach (var status in changes.Reader.ReadAllAsync(cancellationToken))
                yield return status;
        }
        finally
        {
            lock (gate)
                watchers.Remove(changes);
        }
    }

    private void CommitWaiting()
    {
        while (waiting.TryDequeue(out var entry))
        {
            state.Apply(entry.Index, entry.Term, entry.Entry);
            Status = Status with { CommitIndex = entry.Index, AppliedIndex = entry.Index };
            entry.Done.TrySetResult(entry.Index);
        }
    }

    private void ChangeLeadership(bool leading)
    {
        Status = leading
            ? new(LogRole.Leader, Status.Term + 1, true, Self, Self.RaftId, lastIndex, lastIndex)
            : Status with { Role = LogRole.Follower, IsLeader = false, Leader = null };
        state.LeadershipChanged(leading, Status.Term);
        foreach (var watcher in watchers)
            watcher.Writer.TryWrite(Status);
    }
}
