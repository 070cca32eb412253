namespace Orchestrator.Raft;

/// <summary>
/// This member acknowledged entries that its disk no longer holds. Voting again could lose them for good, so it must
/// not take part any more: its node leaves and joins anew, under a new id.
/// </summary>
public sealed class StateLostException(ulong acknowledged, ulong held)
    : Exception(
        $"this manager acknowledged log entries up to {acknowledged} but its disk holds them only up to {held}; "
        + "remove it from the cluster and join it again with an empty data directory");
