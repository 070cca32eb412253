namespace Orchestrator.Store;

/// <summary>What the log drives; the object store implements it. Every method runs on the log's one thread.</summary>
public interface IReplicatedState
{
    /// <summary>
    /// Applies one committed entry: each index once, in order (indexes of the log's own entries are not shown, so there
    /// are
    /// gaps). Deterministic: same entries, same state, on every member. An exception stops the member for good.
    /// </summary>
    /// <param name="index">The entry's place in the log.</param>
    /// <param name="term">The term of the leader that appended it.</param>
    /// <param name="entry">The bytes that <c>sequence</c> returned; they stay valid and unchanged.</param>
    void Apply(ulong index, ulong term, ReadOnlyMemory<byte> entry);

    /// <summary>
    /// This member starts to lead (all earlier entries are applied; <c>sequence</c> calls may follow), or ceases to.
    /// Either
    /// way whatever was speculated beyond the applied entries is void.
    /// </summary>
    void LeadershipChanged(bool leading, ulong term);

    /// <summary>Captures the state as of the last applied entry in O(1).</summary>
    /// <returns>Writes what was captured to a stream. Runs later, once, on another thread, while entries go on being
    /// applied.</returns>
    Action<Stream> CaptureSnapshot();

    /// <summary>
    /// Replaces the whole state by a snapshot that covers all entries up to <paramref name="index"/>.
    /// </summary>
    /// <param name="index">The last entry that the snapshot covers.</param>
    /// <param name="snapshot">What a member's <see cref="CaptureSnapshot"/> wrote, verified; read to its end, not
    /// disposed.</param>
    void Restore(ulong index, Stream snapshot);
}
