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
    /// <summary>10 to 1000; 0: the kernel's.</summary>
    public ushort BlkioWeight { get; set; }

    public WeightDevice[]? BlkioWeightDevice { get; set; }

    /// <summary>Bytes per second.</summary>
    public ThrottleDevice[]? BlkioDeviceReadBps { get; set; }
    public ThrottleDevice[]? BlkioDeviceWriteBps { get; set; }

    /// <summary>Operations per second.</summary>
    public ThrottleDevice[]? BlkioDeviceReadIOps { get; set; }
    public ThrottleDevice[]? BlkioDeviceWriteIOps { get; set; }
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

    /// <summary>Devices that a driver is to choose: <c>--gpus</c>.</summary>
    public DeviceRequest[]? DeviceRequests { get; set; }
}
