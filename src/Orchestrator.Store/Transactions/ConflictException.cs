namespace Orchestrator.Store.Transactions;

#pragma warning disable CA1032, CA1064 // Caught by the one caller, which runs the transaction again.

/// <summary>What the transaction read is no longer so.</summary>
internal sealed class ConflictException : Exception;
