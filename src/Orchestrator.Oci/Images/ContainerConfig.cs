using System.Text.Json;
using System.Text.Json.Serialization;

namespace Orchestrator.Oci.Images;

/// <summary>What a container made from the image runs by default. OCI's fields and those docker adds.</summary>
public sealed record ContainerConfig
{
    public string? Hostname { get; init; }

    public string? Domainname { get; init; }

    /// <summary>A name or id, and after a colon a group's.</summary>
    public string? User { get; init; }

    public bool AttachStdin { get; init; }

    public bool AttachStdout { get; init; }

    public bool AttachStderr { get; init; }

    /// <summary>Keys as in <c>80/tcp</c>; the values are empty objects.</summary>
    public Dictionary<string, JsonElement>? ExposedPorts { get; init; }

    public bool Tty { get; init; }

    public bool OpenStdin { get; init; }

    public bool StdinOnce { get; init; }

    /// <summary>Entries as in <c>NAME=value</c>.</summary>
    public string[]? Env { get; init; }

    public string[]? Cmd { get; init; }

    public HealthCheck? Healthcheck { get; init; }

    public bool ArgsEscaped { get; init; }

    public string? Image { get; init; }

    /// <summary>Keys are absolute paths; the values are empty objects.</summary>
    public Dictionary<string, JsonElement>? Volumes { get; init; }

    public string? WorkingDir { get; init; }

    public string[]? Entrypoint { get; init; }

    public string[]? OnBuild { get; init; }

    public Dictionary<string, string>? Labels { get; init; }

    public string? StopSignal { get; init; }

    /// <summary>Seconds between the stop signal and the kill.</summary>
    public int? StopTimeout { get; init; }

    public string[]? Shell { get; init; }
}
