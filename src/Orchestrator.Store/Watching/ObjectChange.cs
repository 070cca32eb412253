using Orchestrator.Store.Tables;

namespace Orchestrator.Store.Watching;

/// <summary>What one transaction did to one object: created (no old), updated, or deleted (no new).</summary>
public sealed record ObjectChange(ObjectKind Kind, string Id, object? Old, object? New);
