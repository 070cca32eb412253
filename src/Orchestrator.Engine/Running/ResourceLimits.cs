using Orchestrator.Engine.Containers;
using Orchestrator.Oci.Bundle;

namespace Orchestrator.Engine.Running;

/// <summary>docker's limits in the runtime's terms. Pure.</summary>
internal static class ResourceLimits
{
    private const long DefaultPeriodMicroseconds = 100_000;
    private const long LeastMemoryBytes = 6 << 20;

    /// <summary>Throws for what no kernel could be asked for, before anything is made.</summary>
    public static void Check(ResourceSpec wanted)
    {
        if (wanted.MemoryBytes is > 0 and < LeastMemoryBytes)
            throw EngineException.Invalid("Minimum memory limit allowed is 6MB");
        if (wanted.MemorySwapBytes > 0 && wanted.MemorySwapBytes < wanted.MemoryBytes)
            throw EngineException.Invalid("Minimum memoryswap limit should be larger than memory limit, see usage");
        if (wanted is { MemorySwapBytes: > 0, MemoryBytes: 0 })
            throw EngineException.Invalid(
                "You should always set the Memory limit when using Memoryswap limit, see usage");
        var available = Environment.ProcessorCount;
        if (wanted.NanoCpus < 0 || wanted.NanoCpus > available * 1_000_000_000L)
            throw EngineException.Invalid(
                $"Range of CPUs is from 0.01 to {available}.00, as there are only {available} CPUs available");
        if (wanted.NanoCpus > 0 && (wanted.CpuQuotaMicroseconds > 0 || wanted.CpuPeriodMicroseconds > 0))
            throw EngineException.Invalid("Conflicting options: Nano CPUs and CPU Period cannot both be set");
    }

    public static MemoryResources? Memory(ResourceSpec wanted)
    {
        if (wanted is { MemoryBytes: 0, MemoryReservationBytes: 0 })
            return null;
        return new MemoryResources
        {
            Limit = wanted.MemoryBytes > 0 ? wanted.MemoryBytes : null,
            Reservation = wanted.MemoryReservationBytes > 0 ? wanted.MemoryReservationBytes : null,
            // Unsaid, swap doubles the limit, as with docker.
            Swap = wanted.MemorySwapBytes != 0 ? wanted.MemorySwapBytes
                : wanted.MemoryBytes > 0 ? wanted.MemoryBytes * 2 : null,
        };
    }

    public static CpuResources? Cpu(ResourceSpec wanted)
    {
        var period = wanted.CpuPeriodMicroseconds > 0 ? wanted.CpuPeriodMicroseconds : DefaultPeriodMicroseconds;
        var quota = wanted.NanoCpus > 0 ? wanted.NanoCpus * period / 1_000_000_000 : wanted.CpuQuotaMicroseconds;
        if (quota == 0 && wanted.CpuShares == 0 && wanted.CpusetCpus.Length == 0 && wanted.CpusetMems.Length == 0)
            return null;
        return new CpuResources
        {
            Shares = wanted.CpuShares > 0 ? (ulong)wanted.CpuShares : null,
            Quota = quota != 0 ? quota : null,
            Period = quota != 0 ? (ulong)period : null,
            Cpus = wanted.CpusetCpus.Length > 0 ? wanted.CpusetCpus : null,
            Mems = wanted.CpusetMems.Length > 0 ? wanted.CpusetMems : null,
        };
    }
}
