namespace Orchestrator.Api.Swarm;

/// <summary>What each task of a service is made from. Durations are nanoseconds.</summary>
public sealed record TaskSpec
{
    public ContainerSpec? ContainerSpec { get; set; }

    /// <summary>Of a task that is a container's place on a network, and runs nothing.</summary>
    public NetworkAttachmentSpec? NetworkAttachmentSpec { get; set; }
    public TaskResources? Resources { get; set; }
    public TaskRestartPolicy? RestartPolicy { get; set; }
    public Placement? Placement { get; set; }
    public NetworkAttachmentConfig[]? Networks { get; set; }

    /// <summary>Of ours: links to something of the task's host, in pipework's words.</summary>
    public PipeRequest[]? Pipes { get; set; }
    public NamedDriver? LogDriver { get; set; }

    /// <summary>Counts forced updates: a change replaces tasks although nothing else changed.</summary>
    public ulong ForceUpdate { get; set; }
    public string? Runtime { get; set; }
}

public sealed record NetworkAttachmentSpec
{
    public string ContainerID { get; set; } = "";
}

public sealed record TaskRestartPolicy
{
    /// <summary><c>any</c>, <c>on-failure</c> or <c>none</c>.</summary>
    public string? Condition { get; set; }
    public long? Delay { get; set; }

    /// <summary>0: no bound.</summary>
    public ulong? MaxAttempts { get; set; }
    public long? Window { get; set; }
}

public sealed record Placement
{
    /// <summary><c>node.role==worker</c>, <c>node.labels.zone!=b</c> …; all must hold.</summary>
    public string[]? Constraints { get; set; }
    public PlacementPreference[]? Preferences { get; set; }

    /// <summary>On one node; 0: no bound.</summary>
    public ulong? MaxReplicas { get; set; }
    public Platform[]? Platforms { get; set; }
}

public sealed record PlacementPreference
{
    public SpreadOver? Spread { get; set; }
}

public sealed record SpreadOver
{
    public string SpreadDescriptor { get; set; } = "";
}

public sealed record NetworkAttachmentConfig
{
    /// <summary>ID or name.</summary>
    public string? Target { get; set; }
    public string[]? Aliases { get; set; }
    public Dictionary<string, string>? DriverOpts { get; set; }

    /// <summary>Of ours: an address, or FIRST-LAST with one for each slot.</summary>
    public string? Addresses { get; set; }

    /// <summary>Of ours: the service's virtual address.</summary>
    public string? VirtualIP { get; set; }
}
