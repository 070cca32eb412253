using Orchestrator.Network;

namespace Orchestrator.Engine.Containers;

/// <summary>
/// All the engine knows of one container: what <c>config.json</c> holds, and what inspect and list read.
/// </summary>
public sealed record ContainerRecord
{
    /// <summary>64 lower-case hex digits.</summary>
    public required string Id { get; init; }

    /// <summary>Without docker's leading slash.</summary>
    public required string Name { get; init; }

    public required DateTimeOffset Created { get; init; }

    public required ContainerSpec Spec { get; init; }

    /// <summary><c>sha256:…</c> of the image's configuration.</summary>
    public required string ImageId { get; init; }

    /// <summary>What runs: the spec laid over the image's defaults.</summary>
    public required ProcessRecord Process { get; init; }

    public IReadOnlyList<MountRecord> Mounts { get; init; } = [];

    /// <summary>Containers of the default bridge that it knows by names of its own.</summary>
    public IReadOnlyList<LinkRecord> Links { get; init; } = [];

    /// <summary>What it is told of those at its start: <c>KEY=VALUE</c>.</summary>
    public IReadOnlyList<string> LinkEnvironment { get; init; } = [];

    /// <summary>The networks it belongs to, running or not.</summary>
    public IReadOnlyList<NetworkConnection> Connections { get; init; } = [];

    /// <summary>Ports as published right now; empty while not running.</summary>
    public IReadOnlyList<PortBinding> Ports { get; init; } = [];

    /// <summary>The layer snapshot it writes to.</summary>
    public string SnapshotKey { get; init; } = "";

    public required string LogPath { get; init; }

    public ContainerState State { get; init; } = new();

    public string ShortId => Id[..12];
}

/// <summary>A container's place on one network.</summary>
/// <param name="Endpoint">As it is in the kernel; null while the container is down.</param>
/// <param name="FormerAddress">Of IPv4, as the container had it when it last ran, where a cluster gave it.</param>
public sealed record NetworkConnection(
    EndpointConfig Wanted, string NetworkName, Endpoint? Endpoint = null, string? FormerAddress = null)
{
    /// <summary>As it stays on record while the container is down.</summary>
    public NetworkConnection Off() => this with
    {
        Endpoint = null,
        FormerAddress = Endpoint is { Lease: not null } ? Endpoint.Addresses.First() : FormerAddress,
    };
}

/// <summary>The program of a container, image defaults applied.</summary>
public sealed record ProcessRecord
{
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>How many of <see cref="Arguments"/> came from the entrypoint.</summary>
    public int EntrypointLength { get; init; }

    public IReadOnlyList<string> Environment { get; init; } = [];

    public string WorkingDirectory { get; init; } = "/";

    public string User { get; init; } = "";

    public string StopSignal { get; init; } = "SIGTERM";

    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    public IReadOnlyList<string> ExposedPorts { get; init; } = [];

    public HealthSpec? Health { get; init; }
}

/// <summary>A mount as it will be made: every name resolved to a path of the host.</summary>
/// <param name="Type"><c>bind</c>, <c>volume</c>, <c>tmpfs</c> or <c>image</c>.</param>
/// <param name="Name">The volume's name; of an image, the key of its snapshot; empty for others.</param>
/// <param name="Source">On the host; of an image, its name as typed.</param>
/// <param name="Options">Mount options; for tmpfs those of mount(8); of an image, its id.</param>
/// <param name="NonRecursive">What is mounted below the source stays out.</param>
/// <param name="RecursiveReadOnly">What is mounted below the source is read-only too.</param>
/// <param name="Subpath">The part of the volume or image that is mounted; empty: all of it.</param>
public sealed record MountRecord(
    string Type,
    string Name,
    string Source,
    string Target,
    bool ReadOnly,
    string Propagation,
    string Options,
    bool Anonymous = false,
    bool NonRecursive = false,
    bool RecursiveReadOnly = false,
    string Subpath = "");
