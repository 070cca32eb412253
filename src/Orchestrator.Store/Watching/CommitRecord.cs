using System.Collections.Immutable;

namespace Orchestrator.Store.Watching;

/// <summary>One committed transaction, as watchers see it.</summary>
/// <param name="Index">The log entry; what the new objects have as version.</param>
/// <param name="PreviousIndex">Index of the record before this one: a reader that is elsewhere has missed
/// something.</param>
/// <param name="Changes">All of its changes, in the order they were made; an object occurs once.</param>
/// <param name="Resync">
/// The state was replaced by a raft snapshot: the changes are the difference between the two, and what happened to an
/// object in
/// between is not told.
/// </param>
public sealed record CommitRecord(
    ulong Index, ulong PreviousIndex, ImmutableArray<ObjectChange> Changes, bool Resync = false);
