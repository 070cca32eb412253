namespace Orchestrator.Store;

/// <summary>
/// The replicated log as its user sees it. Two implementations: the Raft host, and <c>SoloLog</c> for tests.
/// </summary>
/// <remarks>
/// One thread, the log's own, runs every <c>sequence</c> and every method of <see cref="IReplicatedState"/>, so those
/// never
/// overlap and need no lock among themselves. Order of append is order of commit for as long as this member leads.
/// </remarks>
public interface IReplicatedLog
{
    /// <summary>Appends one entry, made at the point of order.</summary>
    /// <param name="sequence">
    /// Runs once, on the log's thread, while this member leads; gets the index that the entry will have and returns its
    /// bytes, which belong to the log from then on. Must be short and must not block. If it throws, nothing is appended
    /// and
    /// the exception goes to the caller.
    /// </param>
    /// <param name="cancellationToken">
    /// Gives up waiting. Once appended the entry may still commit: a cancelled caller knows nothing about its outcome.
    /// </param>
    /// <returns>The entry's index, once it is committed and applied here.</returns>
    /// <exception cref="NotLeaderException">Nothing was appended; ask the leader it names.</exception>
    /// <exception cref="LogBusyException">Too much is waiting. Nothing was appended; try again later.</exception>
    /// <exception cref="ProposalUnknownException">Leadership was lost after the append: it may or may not
    /// commit.</exception>
    Task<ulong> ProposeAsync(Func<ulong, ReadOnlyMemory<byte>> sequence, CancellationToken cancellationToken);

    /// <summary>
    /// Linearizable barrier: once it completes, the state here covers every write acknowledged anywhere before the
    /// call.
    /// Works on any member that can reach the leader.
    /// </summary>
    /// <returns>An index that the state here has reached.</returns>
    /// <exception cref="NotLeaderException">No leader, or it changed while the barrier waited. May be
    /// repeated.</exception>
    /// <exception cref="LogBusyException">Too many reads are waiting.</exception>
    Task<ulong> ReadBarrierAsync(CancellationToken cancellationToken);

    /// <summary>The newest known state; replaced whole, so one read is consistent in itself.</summary>
    LeadershipStatus Status { get; }

    /// <summary>
    /// The current status at once, then again whenever role, term, leader or <see cref="LeadershipStatus.IsLeader"/>
    /// changes.
    /// A slow reader skips to the newest; it never misses that something changed. Ends when the log stops.
    /// </summary>
    IAsyncEnumerable<LeadershipStatus> WatchLeadershipAsync(CancellationToken cancellationToken);
}
