using Orchestrator.Engine.Containers;

namespace Orchestrator.Engine.Tests.Containers;

public sealed class ResourceCheckTests
{
    private static readonly KernelSupport Kernel = new() { Cpus = "0-1", Mems = "0" };

    public static TheoryData<ResourceSpec, string> Nonsense() => new()
    {
        { new() { MemoryBytes = 1 << 20 }, "Minimum memory limit allowed is 6MB" },
        { new() { MemoryBytes = -1 }, "Minimum memory limit allowed is 6MB" },
        { new() { MemorySwapBytes = 64 << 20 }, "You should always set the Memory limit when using Memoryswap limit, see usage" },
        { new() { MemoryBytes = 64 << 20, MemorySwapBytes = 32 << 20 }, "Minimum memoryswap limit should be larger than memory limit, see usage" },
        { new() { MemoryReservationBytes = 1 }, "Minimum memory reservation allowed is 6MB" },
        { new() { MemoryBytes = 8 << 20, MemoryReservationBytes = 9 << 20 }, "Minimum memory limit can not be less than memory reservation limit, see usage" },
        { new() { MemorySwappiness = 101 }, "Invalid value: 101, valid memory swappiness range is 0-100" },
        { new() { NanoCpus = 1, CpuPeriodMicroseconds = 1000 }, "Conflicting options: Nano CPUs and CPU Period cannot both be set" },
        { new() { NanoCpus = 1, CpuQuotaMicroseconds = 1000 }, "Conflicting options: Nano CPUs and CPU Quota cannot both be set" },
        { new() { NanoCpus = long.MaxValue }, $"Range of CPUs is from 0.01 to {Environment.ProcessorCount}.00, as there are only {Environment.ProcessorCount} CPUs available" },
        { new() { CpuPeriodMicroseconds = 999 }, "CPU cfs period can not be less than 1ms (i.e. 1000) or larger than 1s (i.e. 1000000)" },
        { new() { CpuQuotaMicroseconds = 999 }, "CPU cfs quota can not be less than 1ms (i.e. 1000)" },
        { new() { CpusetCpus = "1-" }, "Invalid value 1- for cpuset cpus" },
        { new() { CpusetCpus = "0,2" }, "Requested CPUs are not available - requested 0,2, available: 0-1" },
        { new() { CpusetMems = "1" }, "Requested memory nodes are not available - requested 1, available: 0" },
        { new() { BlkioWeight = 9 }, "Range of blkio weight is from 10 to 1000" },
    };

    [Theory]
    [MemberData(nameof(Nonsense))]
    public void What_no_kernel_could_be_asked_for_is_refused_in_dockers_words(ResourceSpec wanted, string words)
    {
        var refusal = Assert.Throws<EngineException>(() => ResourceCheck.Check(wanted, Kernel));

        Assert.Equal((EngineError.InvalidArgument, words), (refusal.Error, refusal.Message));
    }

    [Fact]
    public void A_limit_the_kernel_lacks_is_left_out_with_a_warning_and_the_others_stay()
    {
        var wanted = new ResourceSpec { MemoryBytes = 64 << 20, PidsLimit = 5, BlkioWeight = 100, MemorySwappiness = 3 };
        var kernel = Kernel with { BlockWeight = false, Swappiness = false, Swap = false };

        var (usable, warnings) = ResourceCheck.Check(wanted, kernel);

        Assert.Equal((64 << 20, 5, -1), (usable.MemoryBytes, usable.PidsLimit, usable.MemorySwapBytes));
        Assert.Equal((0, (long?)null), (usable.BlkioWeight, usable.MemorySwappiness));
        Assert.Equal(
        [
            "Your kernel does not support swap limit capabilities or the cgroup is not mounted. Memory limited without swap.",
            "Your kernel does not support memory swappiness capabilities or the cgroup is not mounted. Memory swappiness discarded.",
            "Your kernel does not support Block I/O weight or the cgroup is not mounted. Weight discarded.",
        ], warnings);
    }

    [Fact]
    public void What_an_update_does_not_name_stays_as_it_was()
    {
        var before = new ResourceSpec { MemoryBytes = 64 << 20, CpuShares = 512, ReadBps = [new("/dev/a", 1), new("/dev/b", 1)] };

        var merged = ResourceUpdate.Merge(before, new ResourceSpec { PidsLimit = 9, ReadBps = [new("/dev/a", 7)] });

        Assert.Equal((64 << 20, 512, 9), (merged.MemoryBytes, merged.CpuShares, merged.PidsLimit));
        Assert.Equal([new DeviceRate("/dev/a", 7), new DeviceRate("/dev/b", 1)], merged.ReadBps);
    }

    [Fact]
    public void Memory_above_the_sum_with_swap_wants_the_sum_raised_with_it()
    {
        var before = new ResourceSpec { MemoryBytes = 64 << 20 };

        var refusal = Assert.Throws<EngineException>(
            () => ResourceUpdate.Merge(before, new ResourceSpec { MemoryBytes = 200 << 20 }));
        var merged = ResourceUpdate.Merge(before, new ResourceSpec { MemoryBytes = 200 << 20, MemorySwapBytes = -1 });

        Assert.Equal(
            "Memory limit should be smaller than already set memoryswap limit, update the memoryswap at the same time",
            refusal.Message);
        Assert.Equal((200 << 20, -1), (merged.MemoryBytes, merged.MemorySwapBytes));
        // What was left unsaid was twice the first limit, and that is what stays.
        Assert.Equal(128 << 20, ResourceUpdate.Merge(before, new ResourceSpec { MemoryBytes = 32 << 20 }).MemorySwapBytes);
    }

    [Fact]
    public void Cpus_and_a_quota_cannot_follow_each_other()
    {
        Assert.Throws<EngineException>(() => ResourceUpdate.Merge(
            new ResourceSpec { CpuQuotaMicroseconds = 5000 }, new ResourceSpec { NanoCpus = 500_000_000 }));
        Assert.Throws<EngineException>(() => ResourceUpdate.Merge(
            new ResourceSpec { NanoCpus = 500_000_000 }, new ResourceSpec { CpuPeriodMicroseconds = 5000 }));
    }
}
