using System.Text.Json.Serialization;

namespace Orchestrator.Oci.Bundle;

/// <summary>What to execute, and as whom. Source: OCI runtime-spec 1.2, config.md, process.</summary>
public sealed record ProcessSpec
{
    public bool Terminal { get; init; }

    public ConsoleSize? ConsoleSize { get; init; }

    // The generated reader sets each property, to null when the file has none.
    public UserSpec User { get; init => field = value ?? new(); } = new();

    public string[] Args { get; init => field = value ?? []; } = [];

    /// <summary>Each <c>NAME=value</c>. PATH among them is where a bare argv[0] is looked for.</summary>
    public string[]? Env { get; init; }

    /// <summary>Absolute; made if missing.</summary>
    public string Cwd { get; init => field = value ?? "/"; } = "/";

    public CapabilitySets? Capabilities { get; init; }

    public RlimitSpec[]? Rlimits { get; init; }

    public bool NoNewPrivileges { get; init; }

    public int? OomScoreAdj { get; init; }

    /// <summary>Accepted and ignored on hosts without AppArmor.</summary>
    public string? ApparmorProfile { get; init; }

    /// <summary>Of the process; an error on hosts without SELinux, as it asks for confinement.</summary>
    public string? SelinuxLabel { get; init; }

    public SchedulerSpec? Scheduler { get; init; }

    [JsonPropertyName("ioPriority")]
    public IoPrioritySpec? IoPriority { get; init; }

    /// <summary>CPUs the process may use at first; null: all of its cpuset.</summary>
    [JsonPropertyName("execCPUAffinity")]
    public ExecCpuAffinity? ExecCpuAffinity { get; init; }
}

/// <summary>sched_setattr(2).</summary>
public sealed record SchedulerSpec
{
    /// <summary><c>SCHED_OTHER</c>, <c>SCHED_FIFO</c>, <c>SCHED_RR</c>, <c>SCHED_BATCH</c>, <c>SCHED_IDLE</c> or
    /// <c>SCHED_DEADLINE</c>.</summary>
    public required string Policy { get; init; }

    public int? Nice { get; init; }

    public int? Priority { get; init; }

    /// <summary><c>SCHED_FLAG_RESET_ON_FORK</c> and so on.</summary>
    public string[]? Flags { get; init; }

    /// <summary>Nanoseconds, as deadline and period.</summary>
    public ulong? Runtime { get; init; }

    public ulong? Deadline { get; init; }

    public ulong? Period { get; init; }
}

/// <param name="Class"><c>IOPRIO_CLASS_RT</c>, <c>IOPRIO_CLASS_BE</c> or <c>IOPRIO_CLASS_IDLE</c>.</param>
public sealed record IoPrioritySpec(string Class, int Priority = 0);

/// <summary>Lists as <c>0-2,7</c>.</summary>
public sealed record ExecCpuAffinity(string? Initial = null, string? Final = null);

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
