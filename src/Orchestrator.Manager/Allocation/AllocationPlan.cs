using System.Collections.Immutable;
using Orchestrator.Model;

namespace Orchestrator.Manager.Allocation;

/// <summary>What one pass decided; every object at the version it was planned at.</summary>
/// <param name="Wake">When to plan again although nothing changed: something waits for an address on hold.</param>
internal sealed record AllocationPlan(
    ImmutableArray<Network> Networks,
    ImmutableArray<Node> Nodes,
    ImmutableArray<Service> Services,
    ImmutableArray<OrchTask> Tasks,
    AllocatorMemory Memory,
    DateTimeOffset? Wake)
{
    public bool IsEmpty => Networks.Length + Nodes.Length + Services.Length + Tasks.Length == 0;
}
