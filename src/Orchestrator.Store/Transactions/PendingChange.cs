using Orchestrator.Store.Tables;

namespace Orchestrator.Store.Transactions;

/// <summary>What one transaction does to one object.</summary>
/// <param name="PreviousVersion">Version in the transaction's base; 0 when the object is new.</param>
/// <param name="Value">The object afterwards; null when deleted.</param>
internal sealed record PendingChange(ObjectKind Kind, string Id, ulong PreviousVersion, object? Value);
