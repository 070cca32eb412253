using System.Collections.Immutable;
using Orchestrator.Model;

namespace Orchestrator.Manager.Orchestration;

/// <summary>What one pass decided about one service.</summary>
/// <param name="Service">With another update status, or rolled back; null: unchanged.</param>
/// <param name="Changed">At the versions they were planned at.</param>
/// <param name="Wake">When to plan again although nothing changed.</param>
internal sealed record ServicePlan(
    Service? Service, ImmutableArray<OrchTask> Created, ImmutableArray<OrchTask> Changed, DateTimeOffset? Wake)
{
    public bool IsEmpty => Service is null && Created.Length == 0 && Changed.Length == 0;
}
