namespace Orchestrator.Api.Swarm;

/// <summary>The container of each task. Durations are nanoseconds.</summary>
public sealed record ContainerSpec
{
    public string? Image { get; set; }
    public Dictionary<string, string>? Labels { get; set; }

    /// <summary>Replaces the image's entrypoint.</summary>
    public string[]? Command { get; set; }

    /// <summary>Replaces the image's command.</summary>
    public string[]? Args { get; set; }
    public string? Hostname { get; set; }
    public string[]? Env { get; set; }
    public string? Dir { get; set; }
    public string? User { get; set; }
    public string[]? Groups { get; set; }
    public Privileges? Privileges { get; set; }
    public bool? Init { get; set; }
    public string? StopSignal { get; set; }
    public bool? TTY { get; set; }
    public bool? OpenStdin { get; set; }
    public bool? ReadOnly { get; set; }
    public Mount[]? Mounts { get; set; }
    public long? StopGracePeriod { get; set; }
    public HealthConfig? Healthcheck { get; set; }

    /// <summary>Lines of /etc/hosts: address, then names.</summary>
    public string[]? Hosts { get; set; }
    public DnsConfig? DNSConfig { get; set; }
    public SecretReference[]? Secrets { get; set; }
    public ConfigFileReference[]? Configs { get; set; }
    public string? Isolation { get; set; }
    public Dictionary<string, string>? Sysctls { get; set; }
    public string[]? CapabilityAdd { get; set; }
    public string[]? CapabilityDrop { get; set; }
    public Ulimit[]? Ulimits { get; set; }
    public long? OomScoreAdj { get; set; }
}

public sealed record DnsConfig
{
    public string[]? Nameservers { get; set; }
    public string[]? Search { get; set; }
    public string[]? Options { get; set; }
}

public sealed record Privileges
{
    public bool NoNewPrivileges { get; set; }
    public SeccompOptions? Seccomp { get; set; }
    public AppArmorOptions? AppArmor { get; set; }
}

public sealed record SeccompOptions
{
    /// <summary><c>default</c>, <c>unconfined</c> or <c>custom</c>.</summary>
    public string? Mode { get; set; }
    public byte[]? Profile { get; set; }
}

public sealed record AppArmorOptions
{
    /// <summary><c>default</c> or <c>disabled</c>.</summary>
    public string? Mode { get; set; }
}

public sealed record SecretReference
{
    public FileTarget? File { get; set; }
    public string SecretID { get; set; } = "";
    public string SecretName { get; set; } = "";
}

public sealed record ConfigFileReference
{
    public FileTarget? File { get; set; }
    public string ConfigID { get; set; } = "";
    public string ConfigName { get; set; } = "";
}

public sealed record FileTarget
{
    public string Name { get; set; } = "";
    public string UID { get; set; } = "";
    public string GID { get; set; } = "";

    /// <summary>Permission bits.</summary>
    public uint Mode { get; set; }
}
