using Orchestrator.Engine.Containers;

namespace Orchestrator.EngineApi.Containers;

/// <summary>docker's Resources and the engine's <see cref="ResourceSpec"/>, both ways. Pure.</summary>
internal static class ResourceMapping
{
    public static ResourceSpec ToSpec(Api.Resources wanted) => new()
    {
        MemoryBytes = wanted.Memory,
        MemoryReservationBytes = wanted.MemoryReservation,
        MemorySwapBytes = wanted.MemorySwap,
        MemorySwappiness = wanted.MemorySwappiness,
        OomKillDisable = wanted.OomKillDisable,
        NanoCpus = wanted.NanoCpus,
        CpuShares = wanted.CpuShares,
        CpuQuotaMicroseconds = wanted.CpuQuota,
        CpuPeriodMicroseconds = wanted.CpuPeriod,
        CpusetCpus = wanted.CpusetCpus,
        CpusetMems = wanted.CpusetMems,
        // Null says nothing; 0 and -1 both say: without bound.
        PidsLimit = wanted.PidsLimit switch { null => 0, <= 0 => ResourceSpec.Unlimited, var limit => limit.Value },
        BlkioWeight = wanted.BlkioWeight,
        BlkioWeights = [.. (wanted.BlkioWeightDevice ?? []).Select(d => new DeviceWeight(d.Path, d.Weight))],
        ReadBps = Rates(wanted.BlkioDeviceReadBps),
        WriteBps = Rates(wanted.BlkioDeviceWriteBps),
        ReadIops = Rates(wanted.BlkioDeviceReadIOps),
        WriteIops = Rates(wanted.BlkioDeviceWriteIOps),
    };

    public static void Show(ResourceSpec spec, Api.Resources shown)
    {
        shown.Memory = spec.MemoryBytes;
        shown.MemoryReservation = spec.MemoryReservationBytes;
        shown.MemorySwap = spec.MemorySwapBytes != 0 ? spec.MemorySwapBytes : Math.Max(0, spec.MemoryBytes) * 2;
        shown.MemorySwappiness = spec.MemorySwappiness;
        shown.OomKillDisable = spec.OomKillDisable;
        shown.NanoCpus = spec.NanoCpus;
        shown.CpuShares = spec.CpuShares;
        shown.CpuQuota = spec.CpuQuotaMicroseconds;
        shown.CpuPeriod = spec.CpuPeriodMicroseconds;
        shown.CpusetCpus = spec.CpusetCpus;
        shown.CpusetMems = spec.CpusetMems;
        shown.PidsLimit = spec.PidsLimit != 0 ? spec.PidsLimit : null;
        shown.BlkioWeight = (ushort)spec.BlkioWeight;
        shown.BlkioWeightDevice =
            [.. spec.BlkioWeights.Select(d => new Api.WeightDevice { Path = d.Path, Weight = (ushort)d.Weight })];
        shown.BlkioDeviceReadBps = Rates(spec.ReadBps);
        shown.BlkioDeviceWriteBps = Rates(spec.WriteBps);
        shown.BlkioDeviceReadIOps = Rates(spec.ReadIops);
        shown.BlkioDeviceWriteIOps = Rates(spec.WriteIops);
    }

    private static IReadOnlyList<DeviceRate> Rates(Api.ThrottleDevice[]? rates) =>
        [.. (rates ?? []).Select(rate => new DeviceRate(rate.Path, rate.Rate))];

    private static Api.ThrottleDevice[]? Rates(IReadOnlyList<DeviceRate> rates) => rates.Count == 0 ? null
        : [.. rates.Select(rate => new Api.ThrottleDevice { Path = rate.Path, Rate = rate.Rate })];
}
