namespace Orchestrator.Api.Swarm;

/// <summary>GET /tasks/{id}: one attempt at one slot of a service.</summary>
public sealed record SwarmTask
{
    public string ID { get; set; } = "";
    public ObjectVersion Version { get; set; } = new();
    public DateTimeOffset CreatedAt { get; set; }
    public DateTimeOffset UpdatedAt { get; set; }
    public string? Name { get; set; }
    public Dictionary<string, string> Labels { get; set; } = [];
    public TaskSpec Spec { get; set; } = new();
    public string? ServiceID { get; set; }

    /// <summary>Null for a task of a global service: its node is its slot.</summary>
    public int? Slot { get; set; }
    public string? NodeID { get; set; }
    public GenericResource[]? AssignedGenericResources { get; set; }
    public TaskStatus Status { get; set; } = new();

    /// <summary>As <see cref="TaskStatus.State"/>.</summary>
    public string? DesiredState { get; set; }
    public NetworkAttachment[]? NetworksAttachments { get; set; }
    public ObjectVersion? JobIteration { get; set; }
}

public sealed record TaskStatus
{
    public DateTimeOffset Timestamp { get; set; }

    /// <summary><c>new allocated pending assigned accepted preparing ready starting running complete shutdown failed
    /// rejected remove orphaned</c>.</summary>
    public string? State { get; set; }
    public string? Message { get; set; }

    /// <summary>Why it is not, or no longer, running.</summary>
    public string? Err { get; set; }
    public TaskContainerStatus? ContainerStatus { get; set; }
    public TaskPortStatus PortStatus { get; set; } = new();
}

public sealed record TaskContainerStatus
{
    public string ContainerID { get; set; } = "";
    public int PID { get; set; }
    public int ExitCode { get; set; }
}

public sealed record TaskPortStatus
{
    /// <summary>Ports published on the task's own host.</summary>
    public PortConfig[]? Ports { get; set; }
}

public sealed record NetworkAttachment
{
    public ClusterNetwork? Network { get; set; }

    /// <summary>CIDR.</summary>
    public string[]? Addresses { get; set; }
}

/// <summary>A cluster's network as a task's attachment carries it; the network API shows a NetworkResource.</summary>
public sealed record ClusterNetwork
{
    public string ID { get; set; } = "";
    public ObjectVersion Version { get; set; } = new();
    public DateTimeOffset CreatedAt { get; set; }
    public DateTimeOffset UpdatedAt { get; set; }
    public ClusterNetworkSpec Spec { get; set; } = new();
    public NamedDriver DriverState { get; set; } = new();
    public ClusterIpam? IPAMOptions { get; set; }
}

public sealed record ClusterNetworkSpec
{
    public string? Name { get; set; }
    public Dictionary<string, string>? Labels { get; set; }
    public NamedDriver? DriverConfiguration { get; set; }
    public bool? IPv6Enabled { get; set; }
    public bool? Internal { get; set; }
    public bool? Attachable { get; set; }
    public bool? Ingress { get; set; }
    public ClusterIpam? IPAMOptions { get; set; }
    public string? Scope { get; set; }
}

public sealed record ClusterIpam
{
    public NamedDriver Driver { get; set; } = new();
    public ClusterIpamConfig[]? Configs { get; set; }
}

public sealed record ClusterIpamConfig
{
    public string? Subnet { get; set; }
    public string? Range { get; set; }
    public string? Gateway { get; set; }
}
