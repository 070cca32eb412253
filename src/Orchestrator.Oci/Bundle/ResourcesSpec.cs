namespace Orchestrator.Oci.Bundle;

/// <summary>Limits of one container; what is null is not touched.</summary>
public sealed record ResourcesSpec
{
    public MemoryResources? Memory { get; init; }

    public CpuResources? Cpu { get; init; }

    public PidsResources? Pids { get; init; }

    public DeviceRule[]? Devices { get; init; }
}

/// <summary>Bytes; -1 lifts the limit.</summary>
public sealed record MemoryResources
{
    public long? Limit { get; init; }

    /// <summary>Soft limit.</summary>
    public long? Reservation { get; init; }

    /// <summary>Memory and swap together, as docker's <c>--memory-swap</c>.</summary>
    public long? Swap { get; init; }

    public bool? DisableOOMKiller { get; init; }
}

public sealed record CpuResources
{
    /// <summary>Relative weight on the scale of cgroup v1; 1024 is one.</summary>
    public ulong? Shares { get; init; }

    /// <summary>Microseconds of CPU per period; -1 lifts the limit.</summary>
    public long? Quota { get; init; }

    /// <summary>Microseconds; 100000 when null.</summary>
    public ulong? Period { get; init; }

    /// <summary>A list such as <c>0-2,7</c>.</summary>
    public string? Cpus { get; init; }

    public string? Mems { get; init; }
}

/// <param name="Limit">Processes and threads; 0 or less lifts the limit.</param>
public sealed record PidsResources(long Limit);

/// <param name="Type"><c>a</c>, <c>c</c> or <c>b</c>.</param>
/// <param name="Access">Any of r, w, m.</param>
public sealed record DeviceRule(
    bool Allow, string? Type = null, long? Major = null, long? Minor = null, string? Access = null);
