namespace Orchestrator.Api.Swarm;

/// <summary>What the operator asked a service to be. Durations are nanoseconds.</summary>
public sealed record ServiceSpec
{
    public string? Name { get; set; }
    public Dictionary<string, string>? Labels { get; set; }
    public TaskSpec TaskTemplate { get; set; } = new();
    public ServiceMode Mode { get; set; } = new();
    public UpdateConfig? UpdateConfig { get; set; }
    public UpdateConfig? RollbackConfig { get; set; }

    /// <summary>Where clients before API 1.25 put the networks; newer ones use the task template's.</summary>
    public NetworkAttachmentConfig[]? Networks { get; set; }
    public EndpointSpec? EndpointSpec { get; set; }
}

/// <summary>Exactly one is set; none: replicated, one replica.</summary>
public sealed record ServiceMode
{
    public ReplicatedMode? Replicated { get; set; }
    public EmptyObject? Global { get; set; }
    public ReplicatedJobMode? ReplicatedJob { get; set; }
    public EmptyObject? GlobalJob { get; set; }
}

public sealed record ReplicatedMode
{
    public ulong? Replicas { get; set; }
}

public sealed record ReplicatedJobMode
{
    public ulong? MaxConcurrent { get; set; }
    public ulong? TotalCompletions { get; set; }
}

public sealed record UpdateConfig
{
    /// <summary>Tasks replaced at once; 0: all.</summary>
    public ulong Parallelism { get; set; }
    public long? Delay { get; set; }

    /// <summary><c>pause</c>, <c>continue</c> or <c>rollback</c>.</summary>
    public string? FailureAction { get; set; }
    public long? Monitor { get; set; }
    public float MaxFailureRatio { get; set; }

    /// <summary><c>stop-first</c> or <c>start-first</c>.</summary>
    public string Order { get; set; } = "";
}

public sealed record EndpointSpec
{
    /// <summary><c>vip</c> or <c>dnsrr</c>.</summary>
    public string? Mode { get; set; }

    /// <summary><c>none</c> or <c>client</c>. Ours; null in an update: kept.</summary>
    public string? Affinity { get; set; }

    /// <summary>HTTP requests that every node leads here. Ours; null in an update: kept.</summary>
    public HttpRoute[]? Routes { get; set; }
    public PortConfig[]? Ports { get; set; }
}

public sealed record HttpRoute
{
    /// <summary>Name, <c>*.suffix</c>, or nothing: any.</summary>
    public string? Host { get; set; }

    /// <summary>Prefix in whole segments; <c>/</c> when nothing is said.</summary>
    public string? Path { get; set; }
    public uint Port { get; set; }

    /// <summary>Secret with certificate, chain and key in PEM; null: without TLS. A request may give its name alone.
    /// </summary>
    public string? SecretID { get; set; }
    public string? SecretName { get; set; }

    /// <summary><c>local</c>: a node's own tasks first; or <c>none</c>.</summary>
    public string? Prefer { get; set; }

    /// <summary>What tasks speak: <c>h2c</c>, or <c>http1</c>.</summary>
    public string? Protocol { get; set; }
}

public sealed record PortConfig
{
    public string? Name { get; set; }

    /// <summary><c>tcp</c>, <c>udp</c> or <c>sctp</c>.</summary>
    public string? Protocol { get; set; }
    public uint? TargetPort { get; set; }

    /// <summary>Null or 0: the cluster picks one of 30000–32767.</summary>
    public uint? PublishedPort { get; set; }

    /// <summary><c>ingress</c> or <c>host</c>.</summary>
    public string? PublishMode { get; set; }

    /// <summary>In host mode, the address of the host that answers. Ours, as the rest: of an update that says
    /// nothing of it, it is kept, for docker's client does not know it.</summary>
    public string? HostIP { get; set; }

    /// <summary><c>client</c> or <c>masquerade</c>.</summary>
    public string? Source { get; set; }

    /// <summary><c>none</c> or <c>local</c>.</summary>
    public string? Prefer { get; set; }

    /// <summary><c>none</c> or <c>v2</c>.</summary>
    public string? ProxyProtocol { get; set; }
}
