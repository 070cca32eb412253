using Orchestrator.Network;

namespace Orchestrator.Engine.Containers;

/// <summary>What a container gets of its host: files, ports, limits, privileges.</summary>
public sealed record HostSpec
{
    /// <summary>
    /// <c>default</c>, <c>bridge</c>, <c>host</c>, <c>none</c>, <c>container:ID</c> or a network's name.
    /// </summary>
    public string NetworkMode { get; init; } = "default";

    /// <summary><c>source:target[:options]</c>; a missing host path is made.</summary>
    public IReadOnlyList<string> Binds { get; init; } = [];

    public IReadOnlyList<MountRequest> Mounts { get; init; } = [];

    /// <summary><c>container[:ro|rw]</c>: takes over that container's binds and volumes.</summary>
    public IReadOnlyList<string> VolumesFrom { get; init; } = [];

    /// <summary><c>container[:alias]</c>; see <see cref="LinkSpec"/>.</summary>
    public IReadOnlyList<string> Links { get; init; } = [];

    /// <summary>Target → mount options.</summary>
    public IReadOnlyDictionary<string, string> Tmpfs { get; init; } = new Dictionary<string, string>();

    public IReadOnlyList<PortBinding> PortBindings { get; init; } = [];

    public bool PublishAllPorts { get; init; }

    public RestartPolicy RestartPolicy { get; init; } = new();

    public bool AutoRemove { get; init; }

    public bool Privileged { get; init; }

    public bool ReadonlyRootfs { get; init; }

    public bool? Init { get; init; }

    /// <summary>Name of the runtime; empty: orchd's own.</summary>
    public string Runtime { get; init; } = "";

    public IReadOnlyList<string> CapAdd { get; init; } = [];

    public IReadOnlyList<string> CapDrop { get; init; } = [];

    public IReadOnlyList<string> SecurityOpt { get; init; } = [];

    /// <summary>Null: the default list.</summary>
    public IReadOnlyList<string>? MaskedPaths { get; init; }

    /// <summary>Null: the default list.</summary>
    public IReadOnlyList<string>? ReadonlyPaths { get; init; }

    public IReadOnlyList<string> GroupAdd { get; init; } = [];

    public IReadOnlyList<string> Dns { get; init; } = [];

    public IReadOnlyList<string> DnsSearch { get; init; } = [];

    public IReadOnlyList<string> DnsOptions { get; init; } = [];

    /// <summary><c>host:address</c>.</summary>
    public IReadOnlyList<string> ExtraHosts { get; init; } = [];

    public string IpcMode { get; init; } = "";

    public string PidMode { get; init; } = "";

    public string UtsMode { get; init; } = "";

    /// <summary><c>host</c>, or empty for the daemon's remapping, if it has one.</summary>
    public string UsernsMode { get; init; } = "";

    public string CgroupnsMode { get; init; } = "";

    public string CgroupParent { get; init; } = "";

    public long ShmSizeBytes { get; init; }

    public int OomScoreAdj { get; init; }

    public IReadOnlyDictionary<string, string> Sysctls { get; init; } = new Dictionary<string, string>();

    public IReadOnlyList<UlimitRequest> Ulimits { get; init; } = [];

    public IReadOnlyList<DeviceRequest> Devices { get; init; } = [];

    /// <summary><c>c 42:* rmw</c>.</summary>
    public IReadOnlyList<string> DeviceCgroupRules { get; init; } = [];

    /// <summary>Handed on to the OCI runtime.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();

    public ResourceSpec Resources { get; init; } = new();

    public LogSpec Log { get; init; } = new();
}

/// <summary>A mount in its long form.</summary>
/// <param name="Type"><c>bind</c>, <c>volume</c> or <c>tmpfs</c>.</param>
/// <param name="Source">Host path or volume name; empty for an anonymous volume.</param>
/// <param name="Mode">tmpfs: permission bits; 0 for 1777.</param>
/// <param name="NonRecursive">bind: leave out what is mounted below the source.</param>
/// <param name="ReadOnlyNonRecursive">bind: what is mounted below the source stays writable.</param>
/// <param name="VolumeOptions">volume: of one that is made for this mount; see VolumeDevice.</param>
/// <param name="Subpath">volume: the part to mount, which must be there by the start.</param>
/// <param name="ReadOnlyForceRecursive">bind: an error where the kernel cannot make all of it read-only.</param>
public sealed record MountRequest(
    string Type,
    string Source,
    string Target,
    bool ReadOnly = false,
    string Propagation = "",
    bool CreateSource = false,
    bool NoCopy = false,
    long TmpfsSizeBytes = 0,
    int Mode = 0,
    IReadOnlyDictionary<string, string>? VolumeLabels = null,
    bool NonRecursive = false,
    bool ReadOnlyNonRecursive = false,
    bool ReadOnlyForceRecursive = false,
    IReadOnlyDictionary<string, string>? VolumeOptions = null,
    string Subpath = "");

public sealed record UlimitRequest(string Name, long Soft, long Hard);

public sealed record DeviceRequest(string HostPath, string ContainerPath, string Permissions);

/// <summary>How output is kept.</summary>
/// <param name="Driver">One of <see cref="LogDrivers"/>; empty: the daemon's.</param>
public sealed record LogSpec(string Driver = "", IReadOnlyDictionary<string, string>? Options = null);
