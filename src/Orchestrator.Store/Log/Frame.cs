using Orchestrator.Raft;

namespace Orchestrator.Store.Log;

/// <summary>
/// One group commit: term, vote and entries in one write, so that none of them exists on disk without the others.
/// </summary>
/// <param name="Seq">Counts frames over all segments, without gap.</param>
/// <param name="DurableSeq">The last frame known synced when this one was written.</param>
/// <param name="HardState">Whole, in every frame.</param>
/// <param name="CommitHint">Known committed then.</param>
/// <param name="Reset">Set: the log begins anew after this snapshot.</param>
/// <param name="Entries">They replace what the log held from the first one's index on.</param>
internal sealed record Frame(
    ulong Seq, ulong DurableSeq, HardState HardState, ulong CommitHint, SnapshotMeta? Reset,
    IReadOnlyList<Entry> Entries);

/// <summary>The first 64 bytes of a frame.</summary>
internal readonly record struct FrameHeader(
    FrameType Type, int BodyLength, ulong Seq, ulong DurableSeq, ulong FirstIndex, ulong LastIndex, ulong CommitHint,
    uint PreviousCrc, uint KeyId = 0);

internal enum FrameType : byte
{
    Data = 1,

    /// <summary>Nothing but "synced up to here", unsynced itself, written over by the next frame.</summary>
    Marker = 2,
}
