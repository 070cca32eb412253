namespace Orchestrator.Engine.Containers;

/// <summary>New limits over those a container has; what is zero, null or empty stays. Pure.</summary>
internal static class ResourceUpdate
{
    /// <exception cref="EngineException">Old and new contradict each other; in docker's words.</exception>
    public static ResourceSpec Merge(ResourceSpec before, ResourceSpec change)
    {
        CheckCpu(before, change);
        var (memory, swap) = Memory(before, change);
        return before with
        {
            MemoryBytes = memory,
            MemorySwapBytes = swap,
            MemoryReservationBytes = Pick(change.MemoryReservationBytes, before.MemoryReservationBytes),
            MemorySwappiness = change.MemorySwappiness ?? before.MemorySwappiness,
            OomKillDisable = change.OomKillDisable ?? before.OomKillDisable,
            NanoCpus = Pick(change.NanoCpus, before.NanoCpus),
            CpuShares = Pick(change.CpuShares, before.CpuShares),
            CpuQuotaMicroseconds = Pick(change.CpuQuotaMicroseconds, before.CpuQuotaMicroseconds),
            CpuPeriodMicroseconds = Pick(change.CpuPeriodMicroseconds, before.CpuPeriodMicroseconds),
            CpusetCpus = change.CpusetCpus.Length > 0 ? change.CpusetCpus : before.CpusetCpus,
            CpusetMems = change.CpusetMems.Length > 0 ? change.CpusetMems : before.CpusetMems,
            PidsLimit = Pick(change.PidsLimit, before.PidsLimit),
            BlkioWeight = change.BlkioWeight != 0 ? change.BlkioWeight : before.BlkioWeight,
            BlkioWeights = Over(before.BlkioWeights, change.BlkioWeights, device => device.Path),
            ReadBps = Over(before.ReadBps, change.ReadBps, device => device.Path),
            WriteBps = Over(before.WriteBps, change.WriteBps, device => device.Path),
            ReadIops = Over(before.ReadIops, change.ReadIops, device => device.Path),
            WriteIops = Over(before.WriteIops, change.WriteIops, device => device.Path),
        };
    }

    private static void CheckCpu(ResourceSpec before, ResourceSpec change)
    {
        Refuse(
            change.NanoCpus > 0 && before.CpuPeriodMicroseconds > 0,
            "Conflicting options: Nano CPUs cannot be updated as CPU Period has already been set");
        Refuse(
            change.NanoCpus > 0 && before.CpuQuotaMicroseconds > 0,
            "Conflicting options: Nano CPUs cannot be updated as CPU Quota has already been set");
        Refuse(
            change.CpuPeriodMicroseconds > 0 && before.NanoCpus > 0,
            "Conflicting options: CPU Period cannot be updated as NanoCPUs has already been set");
        Refuse(
            change.CpuQuotaMicroseconds > 0 && before.NanoCpus > 0,
            "Conflicting options: CPU Quota cannot be updated as NanoCPUs has already been set");
    }

    /// <summary>The sum of memory and swap that was left unsaid is twice the memory it was left unsaid with.</summary>
    private static (long Memory, long Swap) Memory(ResourceSpec before, ResourceSpec change)
    {
        var swapNow = before.MemorySwapBytes != 0 ? before.MemorySwapBytes
            : before.MemoryBytes > 0 ? before.MemoryBytes * 2 : ResourceSpec.Unlimited;
        Refuse(
            change.MemorySwapBytes == 0 && swapNow > 0 && change.MemoryBytes > swapNow,
            "Memory limit should be smaller than already set memoryswap limit, update the memoryswap at the same time");
        return change is { MemoryBytes: 0, MemorySwapBytes: 0 }
            ? (before.MemoryBytes, before.MemorySwapBytes)
            : (Pick(change.MemoryBytes, before.MemoryBytes), Pick(change.MemorySwapBytes, swapNow));
    }

    private static long Pick(long changed, long before) => changed != 0 ? changed : before;

    private static IReadOnlyList<T> Over<T>(IReadOnlyList<T> before, IReadOnlyList<T> change, Func<T, string> key) =>
        change.Count == 0 ? before : [.. change, .. before.ExceptBy(change.Select(key), key)];

    private static void Refuse(bool wrong, string message)
    {
        if (wrong)
            throw EngineException.Conflict(message);
    }
}
