namespace Orchestrator.Oci.Bundle;

/// <summary>What to execute, and as whom. Source: OCI runtime-spec 1.2, config.md, process.</summary>
public sealed record ProcessSpec
{
    public bool Terminal { get; init; }

    public ConsoleSize? ConsoleSize { get; init; }

    public UserSpec User { get; init; } = new();

    public string[] Args { get; init; } = [];

    /// <summary>Each <c>NAME=value</c>. PATH among them is where a bare argv[0] is looked for.</summary>
    public string[]? Env { get; init; }

    /// <summary>Absolute; made if missing.</summary>
    public string Cwd { get; init; } = "/";

    public CapabilitySets? Capabilities { get; init; }

    public RlimitSpec[]? Rlimits { get; init; }

    public bool NoNewPrivileges { get; init; }

    public int? OomScoreAdj { get; init; }

    /// <summary>Accepted and ignored on hosts without AppArmor.</summary>
    public string? ApparmorProfile { get; init; }
}

public sealed record ConsoleSize(uint Height, uint Width);

/// <param name="Umask">Null: 022.</param>
public sealed record UserSpec(uint Uid = 0, uint Gid = 0, uint[]? AdditionalGids = null, uint? Umask = null);

/// <summary>Capability names with their CAP_ prefix.</summary>
public sealed record CapabilitySets
{
    public string[]? Bounding { get; init; }

    public string[]? Effective { get; init; }

    public string[]? Inheritable { get; init; }

    public string[]? Permitted { get; init; }

    public string[]? Ambient { get; init; }
}

/// <param name="Type"><c>RLIMIT_NOFILE</c> and so on.</param>
public sealed record RlimitSpec(string Type, ulong Soft, ulong Hard)
{
    /// <summary>RLIM_INFINITY.</summary>
    public const ulong Unlimited = ulong.MaxValue;
}
