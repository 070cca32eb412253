using Orchestrator.Oci.Bundle;

namespace Orchestrator.Runtime.Tests.Resources;

public sealed class ResourcePlanTests : IDisposable
{
    private readonly FakeHost v1 = FakeHost.V1(), v2 = FakeHost.V2(), hybrid = FakeHost.Hybrid();

    public void Dispose()
    {
        v1.Dispose();
        v2.Dispose();
        hybrid.Dispose();
    }

    [Fact]
    public void Memory_and_swap_are_one_sum_on_v1_and_two_limits_on_v2()
    {
        var memory = new ResourcesSpec { Memory = new() { Limit = 100, Swap = 150, Reservation = 50 } };
        v1.Has("memory", "memory.memsw.limit_in_bytes", "");
        v2.Has("unified", "memory.swap.max", "");

        Assert.Equal(
            ["memory/memory.limit_in_bytes=100", "memory/memory.memsw.limit_in_bytes=150", "memory/memory.soft_limit_in_bytes=50"],
            v1.Plan(memory));
        Assert.Equal(
            ["unified/memory.swap.max=50", "unified/memory.max=100", "unified/memory.low=50"], v2.Plan(memory));
    }

    [Fact]
    public void No_limit_on_memory_is_none_on_swap_either()
    {
        var memory = new ResourcesSpec { Memory = new() { Limit = -1 } };
        v1.Has("memory", "memory.memsw.limit_in_bytes", "");
        v2.Has("unified", "memory.swap.max", "");

        Assert.Equal(["memory/memory.limit_in_bytes=-1", "memory/memory.memsw.limit_in_bytes=-1"], v1.Plan(memory));
        Assert.Equal(["unified/memory.swap.max=max", "unified/memory.max=max"], v2.Plan(memory));
    }

    [Fact]
    public void Swap_given_alone_is_counted_from_the_limit_in_force()
    {
        v2.Has("unified", "memory.swap.max", "").Has("unified", "memory.max", "100\n");

        Assert.Equal(["unified/memory.swap.max=20"], v2.Plan(new() { Memory = new() { Swap = 120 } }));
        Assert.Contains("memory is 100", v2.Refusal(new() { Memory = new() { Swap = 80 } }), StringComparison.Ordinal);
    }

    [Fact]
    public void A_limit_below_what_is_in_use_is_refused_when_a_look_before_is_asked_for()
    {
        v2.Has("unified", "memory.current", "4096\n");

        Assert.Equal(
            "linux.resources.memory.limit is 4096: 4096 bytes are in use; free some first",
            v2.Refusal(new() { Memory = new() { Limit = 4096, CheckBeforeUpdate = true } }));
        Assert.Equal(["unified/memory.max=4097"], v2.Plan(new() { Memory = new() { Limit = 4097, CheckBeforeUpdate = true } }));
    }

    [Fact]
    public void Of_a_hybrid_host_each_limit_goes_where_its_controller_is() => Assert.Equal(
        ["memory/memory.limit_in_bytes=100", "cpu,cpuacct/cpu.shares=512", "unified/pids.max=7", "unified/io.max=8:0 rbps=9"],
        hybrid.Plan(new()
        {
            Memory = new() { Limit = 100 },
            Cpu = new() { Shares = 512 },
            Pids = new(7),
            BlockIo = new() { ThrottleReadBpsDevice = [new(8, 0, 9)] },
        }));

    [Theory]
    [InlineData(2, 1)]
    [InlineData(1024, 39)]
    [InlineData(262144, 10000)]
    public void Shares_of_v1_become_weights_of_v2(ulong shares, ulong weight) =>
        Assert.Equal([$"unified/cpu.weight={weight}"], v2.Plan(new() { Cpu = new() { Shares = shares } }));

    [Fact]
    public void Of_quota_and_period_the_one_not_given_stays_as_it_is()
    {
        v2.Has("unified", "cpu.max", "25000 50000\n");

        Assert.Equal(["unified/cpu.max=7000 50000"], v2.Plan(new() { Cpu = new() { Quota = 7000 } }));
        Assert.Equal(["unified/cpu.max=25000 80000"], v2.Plan(new() { Cpu = new() { Period = 80000 } }));
        Assert.Equal(["unified/cpu.max=max 50000"], v2.Plan(new() { Cpu = new() { Quota = -1 } }));
        Assert.Equal(["cpu,cpuacct/cpu.cfs_quota_us=7000"], v1.Plan(new() { Cpu = new() { Quota = 7000 } }));
    }

    [Fact]
    public void Idle_burst_and_real_time_have_their_files()
    {
        var cpu = new ResourcesSpec { Cpu = new() { Idle = 1, Shares = 5, Quota = 9000, Burst = 4000 } };

        Assert.Equal(
            ["cpu,cpuacct/cpu.idle=1", "cpu,cpuacct/cpu.cfs_quota_us=9000", "cpu,cpuacct/cpu.cfs_burst_us=4000"], v1.Plan(cpu));
        Assert.Equal(["unified/cpu.idle=1", "unified/cpu.max=9000 100000", "unified/cpu.max.burst=4000"], v2.Plan(cpu));
        Assert.Equal(
            ["cpu,cpuacct/cpu.rt_period_us=1000", "cpu,cpuacct/cpu.rt_runtime_us=950"],
            v1.Plan(new() { Cpu = new() { RealtimePeriod = 1000, RealtimeRuntime = 950 } }));
    }

    [Fact]
    public void Weights_of_block_devices_go_to_BFQ_as_they_are_and_to_v2s_own_file_on_its_scale()
    {
        var io = new ResourcesSpec { BlockIo = new() { Weight = 505, WeightDevice = [new(8, 16, 10)] } };

        Assert.Equal(["blkio/blkio.weight=505", "blkio/blkio.weight_device=8:16 10"], v1.Plan(io));
        Assert.Equal(["unified/io.weight=5000", "unified/io.weight=8:16 1"], v2.Plan(io));
        v1.Has("blkio", "blkio.bfq.weight", "");
        v2.Has("unified", "io.bfq.weight", "");
        Assert.Equal(["blkio/blkio.bfq.weight=505", "blkio/blkio.bfq.weight_device=8:16 10"], v1.Plan(io));
        Assert.Equal(["unified/io.bfq.weight=505", "unified/io.bfq.weight=8:16 10"], v2.Plan(io));
    }

    [Fact]
    public void Bounds_of_block_devices_are_lifted_by_zero()
    {
        var io = new ResourcesSpec
        {
            BlockIo = new() { ThrottleWriteBpsDevice = [new(8, 0, 0)], ThrottleReadIopsDevice = [new(8, 0, 5)] },
        };

        Assert.Equal(
            ["blkio/blkio.throttle.write_bps_device=8:0 0", "blkio/blkio.throttle.read_iops_device=8:0 5"], v1.Plan(io));
        Assert.Equal(["unified/io.max=8:0 wbps=max", "unified/io.max=8:0 riops=5"], v2.Plan(io));
    }

    [Fact]
    public void Huge_pages_are_bounded_in_use_and_in_reserve_where_the_kernel_counts_that()
    {
        var pages = new ResourcesSpec { HugepageLimits = [new("2MB", 4 << 20)] };
        v2.Has("unified", "hugetlb.2MB.rsvd.max", "");

        Assert.Equal(["hugetlb/hugetlb.2MB.limit_in_bytes=4194304"], v1.Plan(pages));
        Assert.Equal(["unified/hugetlb.2MB.max=4194304", "unified/hugetlb.2MB.rsvd.max=4194304"], v2.Plan(pages));
    }

    [Fact]
    public void Network_marks_and_RDMA_have_their_files()
    {
        var resources = new ResourcesSpec
        {
            Network = new() { ClassId = 0x100001, Priorities = [new("eth0", 5)] },
            Rdma = new() { ["mlx5_0"] = new(3, null) },
        };

        Assert.Equal(
            [
                "net_cls,net_prio/net_cls.classid=1048577", "net_cls,net_prio/net_prio.ifpriomap=eth0 5",
                "rdma/rdma.max=mlx5_0 hca_handle=3",
            ],
            v1.Plan(resources));
        Assert.Equal(["unified/rdma.max=mlx5_0 hca_handle=3"], v2.Plan(new() { Rdma = resources.Rdma }));
    }

    [Fact]
    public void Files_of_v2_are_written_as_they_are_line_by_line() => Assert.Equal(
        ["unified/memory.high=123", "unified/io.max=8:0 rbps=1", "unified/io.max=8:16 rbps=2", "unified/cgroup.max.depth=3"],
        v2.Plan(new()
        {
            Unified = new()
            {
                ["memory.high"] = "123", ["io.max"] = "8:0 rbps=1\n8:16 rbps=2", ["cgroup.max.depth"] = "3",
            },
        }));

    [Theory]
    [InlineData("../memory.max")]
    [InlineData("memory.max/x")]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("memory")]
    [InlineData("cgroup.procs")]
    [InlineData("cgroup.subtree_control")]
    public void A_name_that_is_not_a_limit_of_v2_is_refused(string file) => Assert.StartsWith(
        $"linux.resources.unified[\"{file}\"] is ", v2.Refusal(new() { Unified = new() { [file] = "1" } }),
        StringComparison.Ordinal);

    [Fact]
    public void What_a_host_cannot_do_is_refused_by_the_name_of_the_setting()
    {
        (FakeHost Host, ResourcesSpec Resources, string Words)[] cases =
        [
            (v1, new() { Memory = new() { Limit = 9, Swap = 5 } }, "memory.swap is 5: it counts memory and swap together"),
            (v1, new() { Memory = new() { Limit = -2 } }, "memory.limit is -2: "),
            (v1, new() { Memory = new() { Swappiness = 101 } }, "memory.swappiness is 101: it must be from 0 to 100"),
            (v2, new() { Memory = new() { Swappiness = 60 } }, "memory.swappiness is 60: cgroup v2 has no such limit"),
            (v2, new() { Memory = new() { DisableOOMKiller = true } }, "memory.disableOOMKiller is True: cgroup v2 has no"),
            (v2, new() { Cpu = new() { RealtimeRuntime = 5 } }, "cpu.realtimeRuntime is 5: cgroup v2 has no such limit"),
            (v1, new() { Cpu = new() { Idle = 2 } }, "cpu.idle is 2: it must be 0 or 1"),
            (v2, new() { Cpu = new() { Cpus = "a" } }, "cpu.cpus is a: it is a list such as 0-2,7"),
            (v1, new() { Cpu = new() { Cpus = "0" } }, "cpu.cpus is 0: this host has no cgroup controller cpuset"),
            (v2, new() { Network = new() { ClassId = 1 } }, "network.classID is 1: this host has no cgroup controller net_cls"),
            (v2, new() { BlockIo = new() { Weight = 5 } }, "blockIO.weight is 5: it must be from 10 to 1000"),
            (v2, new() { BlockIo = new() { LeafWeight = 50 } }, "blockIO.leafWeight is 50: cgroup v2 has no such limit"),
            (v1, new() { BlockIo = new() { ThrottleReadBpsDevice = [new(-1, 0, 1)] } }, "blockIO.throttleReadBpsDevice[0] is -1:0: "),
            (v1, new() { BlockIo = new() { ThrottleReadBpsDevice = [null!] } }, "blockIO.throttleReadBpsDevice[0] is null: "),
            (v1, new() { HugepageLimits = [new("../2MB", 1)] }, "hugepageLimits[0].pageSize is \"../2MB\": "),
            (hybrid, new() { Unified = new() { ["memory.high"] = "1" } }, "on this host memory is a controller of cgroup v1"),
            (v1, new() { Unified = new() { ["pids.max"] = "1" } }, "on this host pids is a controller of cgroup v1"),
        ];
        foreach (var (host, resources, words) in cases)
            Assert.Contains(words, host.Refusal(resources), StringComparison.Ordinal);
    }

    [Fact]
    public void Zeros_as_docker_sends_them_ask_for_nothing()
    {
        var nothing = new ResourcesSpec
        {
            Memory = new() { Limit = 0, Swap = 0, Reservation = 0, DisableOOMKiller = false, KernelTcp = 0 },
            Cpu = new() { Shares = 0, Quota = 0, Period = 0, Cpus = "", Mems = "", RealtimePeriod = 0, RealtimeRuntime = 0 },
            Pids = new(0),
            BlockIo = new() { Weight = 0, LeafWeight = 0, WeightDevice = [], ThrottleReadBpsDevice = [] },
            Network = new() { ClassId = 0, Priorities = [] },
            HugepageLimits = [],
        };

        Assert.Empty(v2.Plan(nothing));
        Assert.Equal(["memory/memory.oom_control=0"], v1.Plan(nothing)); // What it was not to be disabled for.
    }
}
