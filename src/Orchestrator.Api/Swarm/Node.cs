namespace Orchestrator.Api.Swarm;

/// <summary>GET /nodes/{id}.</summary>
public sealed record Node
{
    public string ID { get; set; } = "";
    public ObjectVersion Version { get; set; } = new();
    public DateTimeOffset CreatedAt { get; set; }
    public DateTimeOffset UpdatedAt { get; set; }
    public NodeSpec Spec { get; set; } = new();
    public NodeDescription Description { get; set; } = new();
    public NodeStatus Status { get; set; } = new();

    /// <summary>Null on workers.</summary>
    public ManagerStatus? ManagerStatus { get; set; }
}

/// <summary>POST /nodes/{id}/update.</summary>
public sealed record NodeSpec
{
    public string? Name { get; set; }
    public Dictionary<string, string>? Labels { get; set; }

    /// <summary><c>worker</c> or <c>manager</c>.</summary>
    public string? Role { get; set; }

    /// <summary><c>active</c>, <c>pause</c> or <c>drain</c>.</summary>
    public string? Availability { get; set; }
}

public sealed record NodeDescription
{
    public string? Hostname { get; set; }
    public Platform Platform { get; set; } = new();
    public ResourceAmounts Resources { get; set; } = new();
    public EngineDescription Engine { get; set; } = new();
    public TlsInfo TLSInfo { get; set; } = new();

    /// <summary>What its kernel can do for networks: feature, and <c>ok</c> or what it said. Not docker's.</summary>
    [System.Text.Json.Serialization.JsonIgnore(
        Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)]
    public Dictionary<string, string>? NetworkFeatures { get; set; }
}

public sealed record Platform
{
    public string? Architecture { get; set; }
    public string? OS { get; set; }
}

public sealed record EngineDescription
{
    public string? EngineVersion { get; set; }
    public Dictionary<string, string>? Labels { get; set; }
    public PluginDescription[]? Plugins { get; set; }
}

public sealed record PluginDescription
{
    public string? Type { get; set; }
    public string? Name { get; set; }
}

public sealed record NodeStatus
{
    /// <summary><c>unknown down ready disconnected</c>.</summary>
    public string? State { get; set; }
    public string? Message { get; set; }
    public string? Addr { get; set; }
}

public sealed record ManagerStatus
{
    public bool? Leader { get; set; }

    /// <summary><c>unknown unreachable reachable</c>.</summary>
    public string? Reachability { get; set; }
    public string? Addr { get; set; }
}
