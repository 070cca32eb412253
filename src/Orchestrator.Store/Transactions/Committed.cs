namespace Orchestrator.Store.Transactions;

/// <summary>A change that all future leaders will have.</summary>
/// <param name="Index">Its log index: the version of every object it wrote.</param>
public sealed record Committed<T>(ulong Index, T Value);
