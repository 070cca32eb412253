using System.Text.Json.Serialization;

namespace Orchestrator.Api;

/// <summary>Limits of one container. Zero or null: none.</summary>
public abstract record Resources
{
    public long CpuShares { get; set; }

    /// <summary>Bytes.</summary>
    public long Memory { get; set; }

    /// <summary>CPUs × 10⁹.</summary>
    public long NanoCpus { get; set; }

    public string CgroupParent { get; set; } = "";
    public ushort BlkioWeight { get; set; }
    public long CpuPeriod { get; set; }
    public long CpuQuota { get; set; }
    public long CpuRealtimePeriod { get; set; }
    public long CpuRealtimeRuntime { get; set; }
    public string CpusetCpus { get; set; } = "";
    public string CpusetMems { get; set; } = "";
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)] public DeviceMapping[]? Devices { get; set; }
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)] public string[]? DeviceCgroupRules { get; set; }
    public long MemoryReservation { get; set; }

    /// <summary>Memory plus swap, in bytes; -1: unlimited swap.</summary>
    public long MemorySwap { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)] public long? MemorySwappiness { get; set; }
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)] public bool? OomKillDisable { get; set; }

    /// <summary>0, -1 or null: unlimited.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)] public long? PidsLimit { get; set; }

    public Ulimit[]? Ulimits { get; set; }
}
