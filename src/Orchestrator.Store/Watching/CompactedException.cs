namespace Orchestrator.Store.Watching;

#pragma warning disable CA1032 // Says one thing.

/// <summary>
/// What happened after <paramref name="after"/> is no longer kept: take a new view, and watch from its index.
/// </summary>
public sealed class CompactedException(ulong after)
    : Exception($"The changes after index {after} are no longer kept; list again and watch from there.")
{
    public ulong After { get; } = after;
}
