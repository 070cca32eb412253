namespace Orchestrator.Api;

/// <summary>One row of GET /containers/json.</summary>
public sealed record ContainerSummary
{
    public string Id { get; set; } = "";

    /// <summary>Each with a leading slash.</summary>
    public string[] Names { get; set; } = [];
    public string Image { get; set; } = "";
    public string ImageID { get; set; } = "";
    public string Command { get; set; } = "";

    /// <summary>Unix seconds.</summary>
    public long Created { get; set; }
    public PortSummary[] Ports { get; set; } = [];
    public long? SizeRw { get; set; }
    public long? SizeRootFs { get; set; }
    public Dictionary<string, string> Labels { get; set; } = [];
    public string State { get; set; } = "";
    public string Status { get; set; } = "";
    public ContainerSummaryHostConfig HostConfig { get; set; } = new();
    public ContainerSummaryNetworks NetworkSettings { get; set; } = new();
    public MountPoint[] Mounts { get; set; } = [];
}

public sealed record ContainerSummaryHostConfig
{
    public string? NetworkMode { get; set; }
    public Dictionary<string, string>? Annotations { get; set; }
}

public sealed record ContainerSummaryNetworks
{
    public Dictionary<string, EndpointSettings> Networks { get; set; } = [];
}
