namespace Orchestrator.Engine.Containers;

/// <summary>What is wrong with limits, and what this kernel has not of them; in docker's words. Pure.</summary>
internal static class ResourceCheck
{
    private const long LeastMemoryBytes = 6 << 20;
    private const long LeastShares = 2, MostShares = 262_144;
    private const long LeastPeriod = 1000, MostPeriod = 1_000_000;

    /// <param name="update">Limits of a container that has others already: some may be given alone.</param>
    /// <returns>The limits that can be kept, and a warning for each that cannot.</returns>
    /// <exception cref="EngineException">No kernel could be asked for that.</exception>
    public static (ResourceSpec Usable, List<string> Warnings) Check(
        ResourceSpec wanted, KernelSupport kernel, bool update = false)
    {
        CheckMemory(wanted, update);
        CheckCpu(wanted);
        CheckSet(wanted.CpusetCpus, kernel.Cpus, "cpuset cpus", "CPUs");
        CheckSet(wanted.CpusetMems, kernel.Mems, "cpuset mems", "memory nodes");
        CheckBlock(wanted);
        var warnings = new List<string>();
        var usable = Blocks(Processors(Memory(wanted, kernel, warnings), kernel, warnings), kernel, warnings);
        return (usable, warnings);
    }

    private static void CheckMemory(ResourceSpec wanted, bool update)
    {
        Refuse(wanted.MemoryBytes is not 0 and < LeastMemoryBytes, "Minimum memory limit allowed is 6MB");
        Refuse(
            wanted is { MemoryBytes: > 0, MemorySwapBytes: > 0 } && wanted.MemorySwapBytes < wanted.MemoryBytes,
            "Minimum memoryswap limit should be larger than memory limit, see usage");
        Refuse(
            wanted is { MemoryBytes: 0, MemorySwapBytes: > 0 } && !update,
            "You should always set the Memory limit when using Memoryswap limit, see usage");
        Refuse(
            wanted.MemorySwappiness is < -1 or > 100,
            $"Invalid value: {wanted.MemorySwappiness}, valid memory swappiness range is 0-100");
        Refuse(
            wanted.MemoryReservationBytes is not 0 and < LeastMemoryBytes,
            "Minimum memory reservation allowed is 6MB");
        Refuse(
            wanted.MemoryBytes > 0 && wanted.MemoryBytes < wanted.MemoryReservationBytes,
            "Minimum memory limit can not be less than memory reservation limit, see usage");
    }

    private static void CheckCpu(ResourceSpec wanted)
    {
        var available = Environment.ProcessorCount;
        Refuse(
            wanted is { NanoCpus: > 0, CpuPeriodMicroseconds: > 0 },
            "Conflicting options: Nano CPUs and CPU Period cannot both be set");
        Refuse(
            wanted is { NanoCpus: > 0, CpuQuotaMicroseconds: > 0 },
            "Conflicting options: Nano CPUs and CPU Quota cannot both be set");
        Refuse(
            wanted.NanoCpus < 0 || wanted.NanoCpus > available * 1_000_000_000L,
            $"Range of CPUs is from 0.01 to {available}.00, as there are only {available} CPUs available");
        Refuse(
            wanted.CpuPeriodMicroseconds is not 0 and (< LeastPeriod or > MostPeriod),
            "CPU cfs period can not be less than 1ms (i.e. 1000) or larger than 1s (i.e. 1000000)");
        Refuse(
            wanted.CpuQuotaMicroseconds is > 0 and < LeastPeriod,
            "CPU cfs quota can not be less than 1ms (i.e. 1000)");
        Refuse(wanted.CpuShares < 0, $"invalid CPU shares ({wanted.CpuShares}): value must be a positive integer");
    }

    private static void CheckSet(string wanted, string available, string name, string what)
    {
        if (wanted.Length == 0)
            return;
        Refuse(!NumberList.TryParse(wanted, out var asked), $"Invalid value {wanted} for {name}");
        Refuse(
            NumberList.TryParse(available, out var there) && !asked.IsSubsetOf(there),
            $"Requested {what} are not available - requested {wanted}, available: {available}");
    }

    private static void CheckBlock(ResourceSpec wanted)
    {
        Refuse(
            wanted.BlkioWeight is not 0 and (< 10 or > 1000), "Range of blkio weight is from 10 to 1000");
        foreach (var device in wanted.BlkioWeights)
            Refuse(
                device.Weight is not 0 and (< 10 or > 1000),
                $"Range of blkio weight is from 10 to 1000 ({device.Path} has {device.Weight})");
    }

    private static ResourceSpec Memory(ResourceSpec wanted, KernelSupport kernel, List<string> warnings)
    {
        var fit = wanted with { MemorySwappiness = wanted.MemorySwappiness is -1 ? null : wanted.MemorySwappiness };
        if (fit.MemoryBytes > 0 && !kernel.Memory)
        {
            warnings.Add("Your kernel does not support memory limit capabilities or the cgroup is not mounted. "
                + "Limitation discarded.");
            fit = fit with { MemoryBytes = 0, MemorySwapBytes = 0 };
        }

        if (fit.MemoryReservationBytes > 0 && !kernel.Memory)
        {
            warnings.Add("Your kernel does not support memory soft limit capabilities or the cgroup is not mounted. "
                + "Limitation discarded.");
            fit = fit with { MemoryReservationBytes = 0 };
        }

        if (fit is { MemoryBytes: > 0, MemorySwapBytes: not ResourceSpec.Unlimited } && !kernel.Swap)
        {
            warnings.Add("Your kernel does not support swap limit capabilities or the cgroup is not mounted. "
                + "Memory limited without swap.");
            fit = fit with { MemorySwapBytes = ResourceSpec.Unlimited };
        }

        if (fit.MemorySwappiness is not null && !kernel.Swappiness)
        {
            warnings.Add("Your kernel does not support memory swappiness capabilities or the cgroup is not mounted. "
                + "Memory swappiness discarded.");
            fit = fit with { MemorySwappiness = null };
        }

        return OutOfMemory(fit, kernel, warnings);
    }

    private static ResourceSpec OutOfMemory(ResourceSpec wanted, KernelSupport kernel, List<string> warnings)
    {
        if (wanted.OomKillDisable != true)
            return wanted;
        if (!kernel.OomKillDisable)
        {
            warnings.Add("Your kernel does not support OomKillDisable. OomKillDisable discarded.");
            return wanted with { OomKillDisable = null };
        }

        if (wanted.MemoryBytes == 0)
            warnings.Add("OOM killer is disabled for the container, but no memory limit is set, "
                + "this can result in the system running out of resources.");
        return wanted;
    }

    private static ResourceSpec Processors(ResourceSpec wanted, KernelSupport kernel, List<string> warnings)
    {
        var fit = wanted;
        if (fit.PidsLimit > 0 && !kernel.Pids)
        {
            warnings.Add("Your kernel does not support PIDs limit capabilities or the cgroup is not mounted. "
                + "PIDs limit discarded.");
            fit = fit with { PidsLimit = 0 };
        }

        Refuse(
            fit.NanoCpus > 0 && !kernel.Cpu,
            "NanoCPUs can not be set, as your kernel does not support CPU CFS scheduler or the cgroup is not mounted");
        if (fit.CpuShares > 0 && !kernel.Cpu)
        {
            warnings.Add("Your kernel does not support CPU shares or the cgroup is not mounted. Shares discarded.");
            fit = fit with { CpuShares = 0 };
        }

        if ((fit.CpuPeriodMicroseconds != 0 || fit.CpuQuotaMicroseconds != 0) && !kernel.Cpu)
        {
            warnings.Add("Your kernel does not support CPU CFS scheduler. CPU period/quota discarded.");
            fit = fit with { CpuPeriodMicroseconds = 0, CpuQuotaMicroseconds = 0 };
        }

        if ((fit.CpusetCpus.Length > 0 || fit.CpusetMems.Length > 0) && !kernel.Cpuset)
        {
            warnings.Add("Your kernel does not support cpuset or the cgroup is not mounted. Cpuset discarded.");
            fit = fit with { CpusetCpus = "", CpusetMems = "" };
        }

        // The kernel would clamp it too, and silently.
        return fit.CpuShares == 0 ? fit : fit with { CpuShares = Math.Clamp(fit.CpuShares, LeastShares, MostShares) };
    }

    private static ResourceSpec Blocks(ResourceSpec wanted, KernelSupport kernel, List<string> warnings)
    {
        var fit = wanted;
        if (fit.BlkioWeight > 0 && !kernel.BlockWeight)
        {
            warnings.Add("Your kernel does not support Block I/O weight or the cgroup is not mounted. "
                + "Weight discarded.");
            fit = fit with { BlkioWeight = 0 };
        }

        if (fit.BlkioWeights.Count > 0 && !kernel.BlockWeightDevice)
        {
            warnings.Add("Your kernel does not support Block I/O weight_device or the cgroup is not mounted. "
                + "Weight-device discarded.");
            fit = fit with { BlkioWeights = [] };
        }

        if (fit.ReadBps.Count + fit.WriteBps.Count + fit.ReadIops.Count + fit.WriteIops.Count == 0
            || kernel.BlockThrottle)
            return fit;
        warnings.Add("Your kernel does not support Block I/O throttling or the cgroup is not mounted. "
            + "Limits of devices discarded.");
        return fit with { ReadBps = [], WriteBps = [], ReadIops = [], WriteIops = [] };
    }

    private static void Refuse(bool wrong, string message)
    {
        if (wrong)
            throw EngineException.Invalid(message);
    }
}
