using System.Text.Json.Serialization;

namespace Orchestrator.Api;

/// <summary>GET /containers/{id}/json.</summary>
public sealed record ContainerInspect
{
    public string Id { get; set; } = "";

    /// <summary>RFC 3339.</summary>
    public string Created { get; set; } = "";
    public string Path { get; set; } = "";
    public string[] Args { get; set; } = [];
    public ContainerState State { get; set; } = new();
    public string Image { get; set; } = "";
    public string ResolvConfPath { get; set; } = "";
    public string HostnamePath { get; set; } = "";
    public string HostsPath { get; set; } = "";
    public string LogPath { get; set; } = "";

    /// <summary>With a leading slash.</summary>
    public string Name { get; set; } = "";
    public int RestartCount { get; set; }
    public string Driver { get; set; } = "";
    public string Platform { get; set; } = "";
    public string MountLabel { get; set; } = "";
    public string ProcessLabel { get; set; } = "";
    public string AppArmorProfile { get; set; } = "";
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)] public string[]? ExecIDs { get; set; }
    public HostConfig HostConfig { get; set; } = new();
    public GraphDriver GraphDriver { get; set; } = new();
    public long? SizeRw { get; set; }
    public long? SizeRootFs { get; set; }
    public MountPoint[] Mounts { get; set; } = [];
    public ContainerConfig Config { get; set; } = new();
    public NetworkSettings NetworkSettings { get; set; } = new();
}
