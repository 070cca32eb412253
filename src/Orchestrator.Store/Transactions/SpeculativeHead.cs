using Orchestrator.Store.Tables;

namespace Orchestrator.Store.Transactions;

/// <summary>A state that contains what this leader has appended but not seen committed.</summary>
/// <param name="Epoch">Changes with every gain or loss of leadership: a version from another epoch may name another
/// value.</param>
internal sealed record SpeculativeHead(ulong Epoch, StoreRoot Root);
