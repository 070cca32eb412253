using System.Collections.Immutable;
using Orchestrator.Model;

namespace Orchestrator.Manager.Scheduling;

/// <summary>What one pass decided.</summary>
/// <param name="Changed">
/// Tasks as they should become: with a node, or with an explanation in their status. Each carries the version it was
/// planned at.
/// </param>
/// <param name="Unplaced">Tasks that no node fits at the moment.</param>
internal sealed record SchedulingPlan(ImmutableArray<OrchTask> Changed, int Unplaced);
