using Orchestrator.Engine.Containers;
using Orchestrator.Oci.Bundle;

namespace Orchestrator.Engine.Running;

/// <summary>docker's limits in the runtime's terms. Pure.</summary>
internal static class ResourceLimits
{
    private const long DefaultPeriodMicroseconds = 100_000;

    /// <param name="blockIo">The devices among them, looked up on the host.</param>
    public static ResourcesSpec Of(ResourceSpec wanted, BlockIoResources? blockIo) => new()
    {
        Memory = Memory(wanted),
        Cpu = Cpu(wanted),
        Pids = wanted.PidsLimit != 0 ? new PidsResources(wanted.PidsLimit) : null,
        BlockIo = blockIo,
    };

    public static MemoryResources? Memory(ResourceSpec wanted)
    {
        var memory = new MemoryResources
        {
            Limit = wanted.MemoryBytes > 0 ? wanted.MemoryBytes : null,
            Reservation = wanted.MemoryReservationBytes > 0 ? wanted.MemoryReservationBytes : null,
            // Unsaid, swap doubles the limit, as with docker.
            Swap = wanted.MemorySwapBytes != 0 ? wanted.MemorySwapBytes
                : wanted.MemoryBytes > 0 ? wanted.MemoryBytes * 2 : null,
            Swappiness = (ulong?)wanted.MemorySwappiness,
            DisableOOMKiller = wanted.OomKillDisable == true ? true : null,
        };
        return memory == new MemoryResources() ? null : memory;
    }

    public static CpuResources? Cpu(ResourceSpec wanted)
    {
        var period = wanted.CpuPeriodMicroseconds > 0 ? wanted.CpuPeriodMicroseconds : DefaultPeriodMicroseconds;
        var quota = wanted.NanoCpus > 0 ? wanted.NanoCpus * period / 1_000_000_000 : wanted.CpuQuotaMicroseconds;
        var cpu = new CpuResources
        {
            Shares = wanted.CpuShares > 0 ? (ulong)wanted.CpuShares : null,
            Quota = quota != 0 ? quota : null,
            Period = quota != 0 || wanted.CpuPeriodMicroseconds > 0 ? (ulong)period : null,
            Cpus = wanted.CpusetCpus.Length > 0 ? wanted.CpusetCpus : null,
            Mems = wanted.CpusetMems.Length > 0 ? wanted.CpusetMems : null,
        };
        return cpu == new CpuResources() ? null : cpu;
    }
}
