using Orchestrator.Network;

namespace Orchestrator.Engine.Containers;

/// <summary>
/// What the creator of a container asked for. The engine never edits it; null and empty mean "the image's".
/// </summary>
public sealed record ContainerSpec
{
    /// <summary>Reference or id, as typed.</summary>
    public required string Image { get; init; }

    public string Hostname { get; init; } = "";

    public string Domainname { get; init; } = "";

    /// <summary><c>name|uid[:group|gid]</c>, resolved against the container's own /etc/passwd.</summary>
    public string User { get; init; } = "";

    public bool Tty { get; init; }

    /// <summary>Of the terminal as it is made; null: the kernel's.</summary>
    public ConsoleSize? ConsoleSize { get; init; }

    public bool OpenStdin { get; init; }

    /// <summary>Close the container's stdin when the first attached client goes.</summary>
    public bool StdinOnce { get; init; }

    public bool AttachStdin { get; init; }

    public bool AttachStdout { get; init; }

    public bool AttachStderr { get; init; }

    /// <summary><c>KEY=VALUE</c>; a bare <c>KEY</c> takes that variable out of the image's.</summary>
    public IReadOnlyList<string> Env { get; init; } = [];

    public IReadOnlyList<string>? Command { get; init; }

    /// <summary>Null: the image's. An empty list or one empty string: none at all.</summary>
    public IReadOnlyList<string>? Entrypoint { get; init; }

    public string WorkingDirectory { get; init; } = "";

    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary><c>SIGTERM</c>, <c>TERM</c> or <c>15</c>; empty: the image's, else SIGTERM.</summary>
    public string StopSignal { get; init; } = "";

    public int? StopTimeoutSeconds { get; init; }

    /// <summary><c>80/tcp</c>.</summary>
    public IReadOnlyList<string> ExposedPorts { get; init; } = [];

    /// <summary>Paths that get an anonymous volume.</summary>
    public IReadOnlyList<string> Volumes { get; init; } = [];

    public HealthSpec? Health { get; init; }

    public HostSpec Host { get; init; } = new();

    /// <summary>Files in memory; null: none.</summary>
    public IReadOnlyList<FileFromMemory>? Files { get; init; }

    /// <summary>Networks to join at start, in order; addresses of overlays are the caller's to give. Empty: the one
    /// <see cref="HostSpec.NetworkMode"/> names.</summary>
    public IReadOnlyList<EndpointConfig> Networks { get; init; } = [];
}

/// <summary>Rows and columns of a terminal.</summary>
public sealed record ConsoleSize(uint Height, uint Width);

/// <summary>A health check as docker spells it; zero durations take docker's defaults.</summary>
/// <param name="Test"><c>["NONE"]</c>, <c>["CMD", …]</c> or <c>["CMD-SHELL", "…"]</c>; empty: inherit.</param>
public sealed record HealthSpec(
    IReadOnlyList<string> Test,
    TimeSpan Interval,
    TimeSpan Timeout,
    TimeSpan StartPeriod,
    TimeSpan StartInterval,
    int Retries);
