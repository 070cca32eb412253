namespace Orchestrator.Api.Swarm;

/// <summary>Counts the writes to the cluster's store; an update must name the one it is based on.</summary>
public sealed record ObjectVersion
{
    public ulong Index { get; set; }
}
