namespace Orchestrator.Model;

/// <summary>
/// The container of a task, in the words of <c>orch service create</c>. Empty means "what the image says".
/// </summary>
public sealed record ContainerSpec
{
    /// <summary>Reference as resolved, such as <c>registry.orch:5000/web:1@sha256:…</c>.</summary>
    public required string Image { get; init; }

    /// <summary>Replaces the image's ENTRYPOINT.</summary>
    public ImmutableArray<string> Command { get; init; } = [];

    /// <summary>Replaces the image's CMD.</summary>
    public ImmutableArray<string> Args { get; init; } = [];

    public ImmutableArray<string> Env { get; init; } = [];

    public ImmutableSortedDictionary<string, string> Labels { get; init; } =
        ImmutableSortedDictionary<string, string>.Empty;

    public string Hostname { get; init; } = "";

    public string WorkingDirectory { get; init; } = "";

    public string User { get; init; } = "";

    public ImmutableArray<string> Groups { get; init; } = [];

    public bool Tty { get; init; }

    public bool OpenStdin { get; init; }

    public bool ReadOnly { get; init; }

    public bool? Init { get; init; }

    public string StopSignal { get; init; } = "";

    public TimeSpan? StopGracePeriod { get; init; }

    public ImmutableArray<MountSpec> Mounts { get; init; } = [];

    public ImmutableArray<string> Hosts { get; init; } = [];

    public DnsConfig Dns { get; init; } = new();

    public HealthConfig? Health { get; init; }

    public ImmutableArray<string> CapabilityAdd { get; init; } = [];

    public ImmutableArray<string> CapabilityDrop { get; init; } = [];

    public ImmutableSortedDictionary<string, string> Sysctls { get; init; } =
        ImmutableSortedDictionary<string, string>.Empty;

    public ImmutableArray<Ulimit> Ulimits { get; init; } = [];

    /// <summary>Secrets and configs that are files inside.</summary>
    public ImmutableArray<PayloadReference> Payloads { get; init; } = [];
}

public enum MountType
{
    Bind = 0,
    Volume = 1,
    Tmpfs = 2,
}

/// <param name="TmpfsSizeBytes">0: the kernel's default.</param>
/// <param name="TmpfsMode">Permission bits; 0: 1777.</param>
public sealed record MountSpec(
    MountType Type, string Source, string Target, bool ReadOnly = false, string Propagation = "",
    long TmpfsSizeBytes = 0, int TmpfsMode = 0);

public sealed record DnsConfig
{
    public ImmutableArray<string> Servers { get; init; } = [];

    public ImmutableArray<string> Search { get; init; } = [];

    public ImmutableArray<string> Options { get; init; } = [];
}

/// <param name="Test">As docker's: NONE, CMD and words, or CMD-SHELL and one string.</param>
public sealed record HealthConfig(
    ImmutableArray<string> Test, TimeSpan Interval, TimeSpan Timeout, TimeSpan StartPeriod, int Retries);

public sealed record Ulimit(string Name, long Soft, long Hard);
