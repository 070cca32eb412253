using Orchestrator.Linux.Cgroups;

namespace Orchestrator.Linux.Tests.Cgroups;

public sealed class CgroupLayoutTests
{
    private static readonly string[] Hybrid =
    [
        "22 27 0:21 / /proc rw,relatime - proc proc rw",
        "31 27 0:26 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755",
        "33 31 0:29 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory",
        "34 31 0:30 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:9 - cgroup cgroup rw,cpu,cpuacct",
        "35 31 0:31 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,xattr,name=systemd",
        "36 31 0:32 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw",
    ];

    [Fact]
    public void On_a_hybrid_host_each_controller_is_where_it_is_mounted()
    {
        var layout = CgroupLayout.Parse(Hybrid, _ => "hugetlb\n");

        Assert.False(layout.IsUnified);
        Assert.False(layout.Of("memory")!.IsV2);
        Assert.Equal("/sys/fs/cgroup/cpu,cpuacct", layout.Of("cpuacct")!.MountPoint);
        Assert.True(layout.Of("hugetlb")!.IsV2);
        Assert.Empty(layout.Hierarchies.Single(h => h.Name == "systemd").Controllers);
        Assert.Null(layout.Of("pids"));
    }

    [Fact]
    public void A_host_with_only_v2_is_unified()
    {
        var layout = CgroupLayout.Parse(
            ["30 27 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate"], _ => "cpuset cpu io memory pids\n");

        Assert.True(layout.IsUnified);
        Assert.True(layout.Of("memory")!.IsV2);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/orch/../other")]
    [InlineData("")]
    public void A_path_that_is_no_cgroup_of_its_own_is_refused(string path) =>
        Assert.Throws<ArgumentException>(() => new CgroupSet(CgroupLayout.Parse(Hybrid, _ => ""), path));

    [Theory]
    [InlineData("max\n", 0)]
    [InlineData("9223372036854771712\n", 0)]
    [InlineData("4096\n", 4096)]
    public void No_limit_reads_as_zero(string text, ulong expected) => Assert.Equal(expected, CgroupFile.ToNumber(text));
}
