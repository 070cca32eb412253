using System.Text.Json.Serialization;

namespace Orchestrator.Api;

/// <summary>The part of a container that belongs to the host it runs on.</summary>
public sealed record HostConfig : Resources
{
    /// <summary><c>source:target[:options]</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)] public string[]? Binds { get; set; }
    public string ContainerIDFile { get; set; } = "";
    public LogConfig LogConfig { get; set; } = new();

    /// <summary>
    /// <c>default</c>, <c>bridge</c>, <c>host</c>, <c>none</c>, <c>container:ID</c> or a network's name.
    /// </summary>
    public string NetworkMode { get; set; } = "";

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public Dictionary<string, PortBinding[]?>? PortBindings { get; set; }

    public RestartPolicy RestartPolicy { get; set; } = new();
    public bool AutoRemove { get; set; }
    public string VolumeDriver { get; set; } = "";
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)] public string[]? VolumesFrom { get; set; }

    /// <summary>Rows, then columns.</summary>
    public uint[] ConsoleSize { get; set; } = [0, 0];

    public Dictionary<string, string>? Annotations { get; set; }
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)] public string[]? CapAdd { get; set; }
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)] public string[]? CapDrop { get; set; }
    public string CgroupnsMode { get; set; } = "";
    public string[]? Dns { get; set; }
    public string[]? DnsOptions { get; set; }
    public string[]? DnsSearch { get; set; }
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)] public string[]? ExtraHosts { get; set; }
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)] public string[]? GroupAdd { get; set; }
    public string IpcMode { get; set; } = "";
    public string Cgroup { get; set; } = "";
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)] public string[]? Links { get; set; }
    public int OomScoreAdj { get; set; }
    public string PidMode { get; set; } = "";
    public bool Privileged { get; set; }
    public bool PublishAllPorts { get; set; }
    public bool ReadonlyRootfs { get; set; }
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)] public string[]? SecurityOpt { get; set; }
    public Dictionary<string, string>? StorageOpt { get; set; }
    public Dictionary<string, string>? Tmpfs { get; set; }
    public string UTSMode { get; set; } = "";
    public string UsernsMode { get; set; } = "";

    /// <summary>Bytes of /dev/shm; 0: 64 MiB.</summary>
    public long ShmSize { get; set; }

    public Dictionary<string, string>? Sysctls { get; set; }
    public string? Runtime { get; set; }
    public string Isolation { get; set; } = "";
    public Mount[]? Mounts { get; set; }

    /// <summary>Null: the default list.</summary>
    public string[]? MaskedPaths { get; set; }

    /// <summary>Null: the default list.</summary>
    public string[]? ReadonlyPaths { get; set; }

    public bool? Init { get; set; }
}
