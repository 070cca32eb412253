using System.Text.Json.Serialization;

namespace Orchestrator.Oci.Bundle;

/// <summary>Limits of one container; what is null is not touched.</summary>
public sealed record ResourcesSpec
{
    public MemoryResources? Memory { get; init; }

    public CpuResources? Cpu { get; init; }

    public PidsResources? Pids { get; init; }

    public DeviceRule[]? Devices { get; init; }

    [JsonPropertyName("blockIO")]
    public BlockIoResources? BlockIo { get; init; }

    [JsonPropertyName("hugepageLimits")]
    public HugepageLimit[]? HugepageLimits { get; init; }

    public NetworkResources? Network { get; init; }

    /// <summary>Limits by device name.</summary>
    public Dictionary<string, RdmaLimit>? Rdma { get; init; }

    /// <summary>Files of cgroup v2 and what to write there.</summary>
    public Dictionary<string, string>? Unified { get; init; }
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

    /// <summary>v1 only, 0…100.</summary>
    public ulong? Swappiness { get; init; }

    /// <summary>v1 only; no kernel since 5.16 limits it, so it is accepted and ignored there.</summary>
    public long? Kernel { get; init; }

    [JsonPropertyName("kernelTCP")]
    public long? KernelTcp { get; init; }

    public bool? UseHierarchy { get; init; }

    public bool? CheckBeforeUpdate { get; init; }
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

    /// <summary>Microseconds that may be saved up beyond the quota.</summary>
    public ulong? Burst { get; init; }

    /// <summary>v1 only: microseconds of real-time scheduling per period.</summary>
    public long? RealtimeRuntime { get; init; }

    public ulong? RealtimePeriod { get; init; }

    /// <summary>1: only when nobody else wants the CPU.</summary>
    public long? Idle { get; init; }
}

/// <param name="Limit">Processes and threads; 0 or less lifts the limit.</param>
public sealed record PidsResources(long Limit);

/// <param name="Type"><c>a</c>, <c>c</c> or <c>b</c>.</param>
/// <param name="Access">Any of r, w, m.</param>
public sealed record DeviceRule(
    bool Allow, string? Type = null, long? Major = null, long? Minor = null, string? Access = null);

/// <summary>Block devices.</summary>
public sealed record BlockIoResources
{
    /// <summary>10…1000.</summary>
    public ushort? Weight { get; init; }

    public ushort? LeafWeight { get; init; }

    public WeightDevice[]? WeightDevice { get; init; }

    /// <summary>Bytes per second.</summary>
    public ThrottleDevice[]? ThrottleReadBpsDevice { get; init; }

    public ThrottleDevice[]? ThrottleWriteBpsDevice { get; init; }

    /// <summary>Operations per second.</summary>
    [JsonPropertyName("throttleReadIOPSDevice")]
    public ThrottleDevice[]? ThrottleReadIopsDevice { get; init; }

    [JsonPropertyName("throttleWriteIOPSDevice")]
    public ThrottleDevice[]? ThrottleWriteIopsDevice { get; init; }
}

public sealed record WeightDevice(long Major, long Minor, ushort? Weight = null, ushort? LeafWeight = null);

/// <param name="Rate">0 lifts the limit.</param>
public sealed record ThrottleDevice(long Major, long Minor, ulong Rate);

/// <param name="PageSize"><c>2MB</c>, <c>1GB</c>, as the kernel names its files.</param>
/// <param name="Limit">Bytes.</param>
public sealed record HugepageLimit(string PageSize, ulong Limit);

/// <summary>v1's net_cls and net_prio.</summary>
public sealed record NetworkResources
{
    [JsonPropertyName("classID")]
    public uint? ClassId { get; init; }

    public InterfacePriority[]? Priorities { get; init; }
}

public sealed record InterfacePriority(string Name, uint Priority);

public sealed record RdmaLimit(uint? HcaHandles = null, uint? HcaObjects = null);
