namespace Orchestrator.Api.Swarm;

/// <summary>GET /services/{id}.</summary>
public sealed record Service
{
    public string ID { get; set; } = "";
    public ObjectVersion Version { get; set; } = new();
    public DateTimeOffset CreatedAt { get; set; }
    public DateTimeOffset UpdatedAt { get; set; }
    public ServiceSpec Spec { get; set; } = new();

    /// <summary>What a rollback returns to.</summary>
    public ServiceSpec? PreviousSpec { get; set; }
    public ServiceEndpoint Endpoint { get; set; } = new();
    public UpdateStatus? UpdateStatus { get; set; }

    /// <summary>With <c>status=true</c> in a listing.</summary>
    public ServiceStatus? ServiceStatus { get; set; }
    public JobStatus? JobStatus { get; set; }
}

public sealed record ServiceEndpoint
{
    public EndpointSpec? Spec { get; set; }
    public PortConfig[]? Ports { get; set; }
    public EndpointVirtualIp[]? VirtualIPs { get; set; }
}

public sealed record EndpointVirtualIp
{
    public string? NetworkID { get; set; }

    /// <summary>CIDR.</summary>
    public string? Addr { get; set; }
}

public sealed record UpdateStatus
{
    /// <summary><c>updating paused completed rollback_started rollback_paused rollback_completed</c>.</summary>
    public string? State { get; set; }
    public DateTimeOffset? StartedAt { get; set; }
    public DateTimeOffset? CompletedAt { get; set; }
    public string? Message { get; set; }
}

public sealed record ServiceStatus
{
    public ulong RunningTasks { get; set; }
    public ulong DesiredTasks { get; set; }
    public ulong CompletedTasks { get; set; }
}

public sealed record JobStatus
{
    public ObjectVersion JobIteration { get; set; } = new();
    public DateTimeOffset? LastExecution { get; set; }
}

/// <summary>POST /services/create.</summary>
public sealed record ServiceCreateResponse
{
    public string ID { get; set; } = "";
    public string[]? Warnings { get; set; }
}

/// <summary>POST /services/{id}/update.</summary>
public sealed record ServiceUpdateResponse
{
    public string[]? Warnings { get; set; }
}
