using Orchestrator.Oci.Bundle;
using Orchestrator.Testing;

namespace Orchestrator.Runtime.Tests.Cgroups;

/// <summary>What takes a whole host: all of root's capabilities, every controller, AppArmor.</summary>
public sealed class WholeHostTests
{
    private static readonly ResourcesSpec Everywhere = new()
    {
        Memory = new() { Limit = 64 << 20, Swap = 96 << 20, Reservation = 32 << 20 },
        Cpu = new() { Shares = 2048, Quota = 50_000, Period = 200_000, Burst = 10_000, Cpus = "0", Mems = "0" },
        Pids = new(50),
        BlockIo = new()
        {
            Weight = 300,
            ThrottleReadBpsDevice = [new(7, 0, 1 << 20)],
            ThrottleWriteIopsDevice = [new(7, 0, 100)],
        },
        HugepageLimits = [new("2MB", 4 << 20)],
    };

    [VmFact]
    public void Limits_of_a_process_are_raised_above_the_runtimes_own()
    {
        using var container = new TestContainer("/bin/sh", "-c", "ulimit -Sn; ulimit -Hn; cat /proc/self/oom_score_adj");
        container.Spec = container.Spec with
        {
            Process = container.Spec.Process! with
            {
                Rlimits = [new("RLIMIT_NOFILE", 500_000, 900_000)],
                OomScoreAdj = -500,
            },
        };

        Assert.Equal((0, "500000\n900000\n-500\n", ""), container.Run());
    }

    [VmFact]
    public void A_profile_of_AppArmor_confines_and_one_that_is_not_loaded_is_an_error()
    {
        using var confined = With("orch-test");
        using var missing = With("no-such-profile");

        var (_, output, errors) = confined.Run();
        var (code, _, refusal) = missing.Run();

        Assert.Equal("orch-test (enforce)\n", output);
        Assert.Contains("'/secret': Permission denied", errors, StringComparison.Ordinal);
        Assert.NotEqual(0, code);
        Assert.Contains("process.apparmorProfile: apply \"no-such-profile\"", refusal, StringComparison.Ordinal);
    }

    [VmFact]
    public void The_daemons_own_profile_keeps_the_hosts_kernel_from_a_container_that_nothing_else_keeps_it_from()
    {
        // Everything is writable but for the profile: no path is masked or read-only, all capabilities are there.
        using var container = new TestContainer("/bin/sh", "-c", """
            cat /proc/self/attr/current
            for f in /proc/sys/vm/swappiness /proc/sys/kernel/panic /proc/sys/fs/file-max /proc/sysrq-trigger \
              /sys/module/apparmor/parameters/audit; do (echo 1 >$f) 2>/dev/null && echo wrote $f; done
            mount -t tmpfs none /mnt 2>/dev/null && echo mounted
            cat /sys/kernel/security/apparmor/profiles 2>/dev/null
            echo 4096 >/proc/sys/kernel/shmmni && echo 1 >/proc/self/oom_score_adj && echo done
            """);
        Directory.CreateDirectory($"{container.RootFs}/mnt");
        container.Spec = container.Spec with
        {
            Process = container.Spec.Process! with
            {
                ApparmorProfile = "orch-default", Capabilities = ContainerDefaults.CapabilitySets(
                    ["CAP_SYS_ADMIN", "CAP_MAC_ADMIN", "CAP_DAC_OVERRIDE", "CAP_SYS_RESOURCE"], isRoot: true),
            },
            Mounts =
            [
                new() { Destination = "/proc", Type = "proc", Source = "proc" },
                new() { Destination = "/sys", Type = "sysfs", Source = "sysfs" },
            ],
            Linux = container.Spec.Linux! with { MaskedPaths = [], ReadonlyPaths = [], Seccomp = null },
        };

        var (code, output, errors) = container.Run();

        Assert.Equal((0, "orch-default (enforce)\ndone\n", ""), (code, output, errors));
    }

    [VmFact(Only = "v2")]
    public void Every_resource_of_v2_is_in_the_kernels_files() => Assert.Equal(
        [
            "memory.max 67108864", "memory.swap.max 33554432", "memory.low 33554432", "memory.high 60002304",
            "cpu.weight 79", "cpu.max 50000 200000", "cpu.max.burst 10000", "cpuset.cpus 0", "cpuset.mems 0",
            "pids.max 50", "io.bfq.weight default 300",
            "io.max 7:0 rbps=1048576 wbps=max riops=max wiops=100", "hugetlb.2MB.max 4194304",
        ],
        Files(
            Everywhere with { Unified = new() { ["memory.high"] = "60002304" } },
            "memory.max", "memory.swap.max", "memory.low", "memory.high", "cpu.weight", "cpu.max", "cpu.max.burst",
            "cpuset.cpus", "cpuset.mems", "pids.max", "io.bfq.weight", "io.max", "hugetlb.2MB.max"));

    [VmFact(Only = "v1")]
    public void Every_resource_of_v1_is_in_the_kernels_files() => Files_of_v1_are_right();

    [VmFact(Only = "hybrid")]
    public void Every_resource_of_v1_is_in_the_kernels_files_beside_v2() => Files_of_v1_are_right();

    [VmFact(Only = "v2")]
    public void A_controller_that_the_cgroup_above_may_not_hand_on_is_missed_only_by_who_needs_it()
    {
        const string busy = "/sys/fs/cgroup/busy";
        Directory.CreateDirectory(busy);
        using var resident = System.Diagnostics.Process.Start("/bin/sleep", "100");
        File.WriteAllText($"{busy}/cgroup.procs", $"{resident.Id}");

        var (unlimited, _, _) = Below(new());
        var (limited, _, errors) = Below(new() { Memory = new() { Limit = 64 << 20 } });

        resident.Kill();
        resident.WaitForExit();
        Assert.Equal((0, 1), (unlimited, limited));
        Assert.Contains(
            "linux.resources.memory.limit is 67108864: the cgroup above may not hand on the controller memory",
            errors, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateDirectories(busy));
        Directory.Delete(busy);
    }

    [VmFact(Only = "v2")]
    public async Task A_container_that_splits_its_cgroup_up_can_be_joined_all_the_same()
    {
        using var container = new TestContainer(
            "/bin/sh", "-c",
            "mkdir /sys/fs/cgroup/main && echo 1 > /sys/fs/cgroup/main/cgroup.procs"
            + " && echo +pids > /sys/fs/cgroup/cgroup.subtree_control && echo split; exec sleep 100");
        container.Spec = container.Spec with
        {
            Mounts = [.. container.Spec.Mounts!.Select(m => m.Type == "cgroup" ? m with { Options = ["rw"] } : m)],
        };
        var shim = await container.CreateAsync();
        await shim.StartAsync(CancellationToken.None);
        while (!File.ReadAllText(container.LogPath).Contains("split", StringComparison.Ordinal))
            await Task.Delay(20);

        var exec = await shim.ExecAsync(
            new() { Process = new() { Args = ["/bin/grep", "-q", "/main", "/proc/self/cgroup"], Cwd = "/" } },
            CancellationToken.None);

        Assert.Equal(0, (await shim.WaitExecAsync(exec.ExecId, CancellationToken.None)).ExitCode);
    }

    private static void Files_of_v1_are_right() => Assert.Equal(
        [
            "memory/memory.limit_in_bytes 67108864", "memory/memory.memsw.limit_in_bytes 100663296",
            "memory/memory.soft_limit_in_bytes 33554432", "memory/memory.swappiness 10",
            "memory/memory.oom_control oom_kill_disable 1", "cpu,cpuacct/cpu.shares 2048",
            "cpu,cpuacct/cpu.cfs_quota_us 50000", "cpu,cpuacct/cpu.cfs_period_us 200000",
            "cpu,cpuacct/cpu.cfs_burst_us 10000", "cpuset/cpuset.cpus 0", "pids/pids.max 50",
            "blkio/blkio.bfq.weight 300", "blkio/blkio.throttle.read_bps_device 7:0 1048576",
            "blkio/blkio.throttle.write_iops_device 7:0 100", "hugetlb/hugetlb.2MB.limit_in_bytes 4194304",
            "net_cls,net_prio/net_cls.classid 1048577", "net_cls,net_prio/net_prio.ifpriomap lo 5",
        ],
        Files(
            Everywhere with
            {
                Memory = Everywhere.Memory! with { Swappiness = 10, DisableOOMKiller = true },
                Network = new() { ClassId = 0x100001, Priorities = [new("lo", 5)] },
            },
            "memory/memory.limit_in_bytes", "memory/memory.memsw.limit_in_bytes", "memory/memory.soft_limit_in_bytes",
            "memory/memory.swappiness", "memory/memory.oom_control", "cpu,cpuacct/cpu.shares",
            "cpu,cpuacct/cpu.cfs_quota_us", "cpu,cpuacct/cpu.cfs_period_us", "cpu,cpuacct/cpu.cfs_burst_us",
            "cpuset/cpuset.cpus", "pids/pids.max", "blkio/blkio.bfq.weight", "blkio/blkio.throttle.read_bps_device",
            "blkio/blkio.throttle.write_iops_device", "hugetlb/hugetlb.2MB.limit_in_bytes",
            "net_cls,net_prio/net_cls.classid", "net_cls,net_prio/net_prio.ifpriomap"));

    /// <summary>The first line of each file, as the container sees it in its own cgroup.</summary>
    private static string[] Files(ResourcesSpec resources, params string[] files)
    {
        using var container = new TestContainer("/bin/sh", "-c",
            $"cd /sys/fs/cgroup; for f in {string.Join(' ', files)}; do echo $f $(head -n 1 $f); done");
        Limit(container, resources);

        var (_, output, errors) = container.Run();

        Assert.Equal("", errors);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static (int ExitCode, string Output, string Errors) Below(ResourcesSpec resources)
    {
        using var container = new TestContainer("/bin/true");
        Limit(container, resources);
        container.Spec = container.Spec with { Linux = container.Spec.Linux! with { CgroupsPath = "/busy/c" } };
        return container.Run();
    }

    private static TestContainer With(string profile)
    {
        var container = new TestContainer("/bin/sh", "-c", "cat /proc/self/attr/current; cat /secret");
        File.WriteAllText($"{container.RootFs}/secret", "told");
        container.Spec = container.Spec with
        {
            Process = container.Spec.Process! with { ApparmorProfile = profile },
        };
        return container;
    }

    private static void Limit(TestContainer container, ResourcesSpec resources) => container.Spec = container.Spec with
    {
        Linux = container.Spec.Linux! with { Resources = resources },
    };
}
