using System.Collections.Immutable;
using Orchestrator.Model;

namespace Orchestrator.Manager.Reaping;

/// <param name="Forgotten">Tasks to delete.</param>
/// <param name="Orphaned">Tasks of which nothing will be heard again, in that state.</param>
/// <param name="Wake">When to look again although nothing changed.</param>
internal sealed record ReapingPlan(
    ImmutableArray<OrchTask> Forgotten, ImmutableArray<OrchTask> Orphaned, DateTimeOffset? Wake);
