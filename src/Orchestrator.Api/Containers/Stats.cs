using System.Text.Json.Serialization;

namespace Orchestrator.Api;

/// <summary>One sample of GET /containers/{id}/stats, with the sample before it for the CPU.</summary>
public sealed record Stats
{
    [JsonPropertyName("name")] public string Name { get; set; } = "";
    [JsonPropertyName("id")] public string Id { get; set; } = "";
    [JsonPropertyName("read")] public DateTimeOffset Read { get; set; }
    [JsonPropertyName("preread")] public DateTimeOffset PreRead { get; set; }
    [JsonPropertyName("pids_stats")] public PidsStats Pids { get; set; } = new();
    [JsonPropertyName("blkio_stats")] public BlkioStats Blkio { get; set; } = new();
    [JsonPropertyName("num_procs")] public uint NumProcs { get; set; }
    [JsonPropertyName("cpu_stats")] public CpuStats Cpu { get; set; } = new();
    [JsonPropertyName("precpu_stats")] public CpuStats PreCpu { get; set; } = new();
    [JsonPropertyName("memory_stats")] public MemoryStats Memory { get; set; } = new();
    [JsonPropertyName("networks")] public Dictionary<string, NetworkStats>? Networks { get; set; }
}

public sealed record PidsStats
{
    [JsonPropertyName("current")] public ulong? Current { get; set; }
    [JsonPropertyName("limit")] public ulong? Limit { get; set; }
}

public sealed record BlkioStats
{
    [JsonPropertyName("io_service_bytes_recursive"), JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public BlkioEntry[]? ServiceBytes { get; set; }

    [JsonPropertyName("io_serviced_recursive"), JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public BlkioEntry[]? Serviced { get; set; }
}

public sealed record BlkioEntry
{
    [JsonPropertyName("major")] public ulong Major { get; set; }
    [JsonPropertyName("minor")] public ulong Minor { get; set; }
    [JsonPropertyName("op")] public string Op { get; set; } = "";
    [JsonPropertyName("value")] public ulong Value { get; set; }
}

/// <summary>Times are nanoseconds.</summary>
public sealed record CpuStats
{
    [JsonPropertyName("cpu_usage")] public CpuUsage Usage { get; set; } = new();
    [JsonPropertyName("system_cpu_usage")] public ulong? SystemUsage { get; set; }
    [JsonPropertyName("online_cpus")] public uint? OnlineCpus { get; set; }
    [JsonPropertyName("throttling_data")] public ThrottlingData Throttling { get; set; } = new();
}

public sealed record CpuUsage
{
    [JsonPropertyName("total_usage")] public ulong Total { get; set; }
    [JsonPropertyName("percpu_usage")] public ulong[]? PerCpu { get; set; }
    [JsonPropertyName("usage_in_kernelmode")] public ulong Kernel { get; set; }
    [JsonPropertyName("usage_in_usermode")] public ulong User { get; set; }
}

public sealed record ThrottlingData
{
    [JsonPropertyName("periods")] public ulong Periods { get; set; }
    [JsonPropertyName("throttled_periods")] public ulong ThrottledPeriods { get; set; }
    [JsonPropertyName("throttled_time")] public ulong ThrottledTime { get; set; }
}

/// <summary>Bytes.</summary>
public sealed record MemoryStats
{
    [JsonPropertyName("usage")] public ulong? Usage { get; set; }
    [JsonPropertyName("max_usage")] public ulong? MaxUsage { get; set; }

    /// <summary>memory.stat; a client subtracts <c>total_inactive_file</c> (v1) or <c>inactive_file</c> (v2).</summary>
    [JsonPropertyName("stats")] public Dictionary<string, ulong>? Details { get; set; }
    [JsonPropertyName("failcnt")] public ulong? FailCount { get; set; }
    [JsonPropertyName("limit")] public ulong? Limit { get; set; }
}

public sealed record NetworkStats
{
    [JsonPropertyName("rx_bytes")] public ulong RxBytes { get; set; }
    [JsonPropertyName("rx_packets")] public ulong RxPackets { get; set; }
    [JsonPropertyName("rx_errors")] public ulong RxErrors { get; set; }
    [JsonPropertyName("rx_dropped")] public ulong RxDropped { get; set; }
    [JsonPropertyName("tx_bytes")] public ulong TxBytes { get; set; }
    [JsonPropertyName("tx_packets")] public ulong TxPackets { get; set; }
    [JsonPropertyName("tx_errors")] public ulong TxErrors { get; set; }
    [JsonPropertyName("tx_dropped")] public ulong TxDropped { get; set; }
}
