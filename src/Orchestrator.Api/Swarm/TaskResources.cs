namespace Orchestrator.Api.Swarm;

/// <summary>What a task may take at most, and what is set aside for it.</summary>
public sealed record TaskResources
{
    public ResourceLimit? Limits { get; set; }
    public ResourceAmounts? Reservations { get; set; }
}

public sealed record ResourceLimit
{
    /// <summary>CPUs × 10⁹.</summary>
    public long? NanoCPUs { get; set; }
    public long? MemoryBytes { get; set; }
    public long? Pids { get; set; }
}

/// <summary>Resources a task reserves, or a node has.</summary>
public sealed record ResourceAmounts
{
    /// <summary>CPUs × 10⁹.</summary>
    public long? NanoCPUs { get; set; }
    public long? MemoryBytes { get; set; }
    public GenericResource[]? GenericResources { get; set; }
}

/// <summary>Exactly one of the two is set.</summary>
public sealed record GenericResource
{
    public NamedResource? NamedResourceSpec { get; set; }
    public DiscreteResource? DiscreteResourceSpec { get; set; }
}

public sealed record NamedResource
{
    public string? Kind { get; set; }
    public string? Value { get; set; }
}

public sealed record DiscreteResource
{
    public string? Kind { get; set; }
    public long? Value { get; set; }
}
