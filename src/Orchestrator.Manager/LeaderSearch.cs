using Orchestrator.Store;

namespace Orchestrator.Manager;

/// <summary>Waits, for a while, until it is known who leads.</summary>
internal sealed class LeaderSearch(IReplicatedLog log, TimeProvider time)
{
    /// <summary>The leader if it is another member; null when it is this one.</summary>
    /// <exception cref="NotLeaderException">Nobody leads in all that time.</exception>
    public async Task<LogMember?> FindAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            await foreach (var status in log.WatchLeadershipAsync(either.Token))
            {
                if (status.IsLeader)
                    return null;
                if (status.Leader is { } leader && leader.RaftId != status.SelfId)
                    return leader;
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // It has taken too long.
        }

        throw new NotLeaderException(null);
    }
}
