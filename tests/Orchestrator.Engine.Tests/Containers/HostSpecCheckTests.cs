using Orchestrator.Engine.Containers;
using Orchestrator.Oci.Bundle;

namespace Orchestrator.Engine.Tests.Containers;

public sealed class HostSpecCheckTests
{
    private static readonly UserRemap Remap =
        new("orch", [new IdMapping(0, 100_000, 65_536)], [new IdMapping(0, 100_000, 65_536)]);

    public static TheoryData<HostSpec, string> Nonsense() => new()
    {
        { new() { PidMode = "private" }, "invalid PID mode: private" },
        { new() { IpcMode = "shared" }, "invalid IPC mode: shared" },
        { new() { UtsMode = "none" }, "invalid UTS mode: none" },
        { new() { UsernsMode = "private" }, "invalid user namespace mode: private" },
        { new() { CgroupnsMode = "x" }, "invalid cgroup namespace mode: x" },
        { new() { PidMode = "container:nosuch" }, "No such container: nosuch" },
        { new() { CapAdd = ["SYS_MAGIC"] }, "invalid capability: unknown capability: \"SYS_MAGIC\"" },
        { new() { DeviceCgroupRules = ["c 1:3"] }, "invalid device cgroup rule format: 'c 1:3'" },
        { new() { Devices = [new("/dev/null", "/dev/null", "rx")] }, "invalid device mode: rx" },
        { new() { SecurityOpt = ["no-new-privileges=maybe"] }, "invalid --security-opt 2: \"no-new-privileges=maybe\"" },
        { new() { SecurityOpt = ["magic"] }, "invalid --security-opt 1: \"magic\"" },
        { new() { Ulimits = [new("files", 1, 1)] }, "invalid ulimit type: files" },
        { new() { Ulimits = [new("nofile", 2, 1)] }, "ulimit soft limit must be less than or equal to hard limit: 2 > 1" },
        { new() { Sysctls = new Dictionary<string, string> { ["kernel.panic"] = "1" } }, "sysctl \"kernel.panic\" is not in a separate kernel namespace" },
        { new() { NetworkMode = "host", Sysctls = new Dictionary<string, string> { ["net.core.somaxconn"] = "1" } }, "sysctl \"net.core.somaxconn\" not allowed in host network namespace" },
        { new() { Tmpfs = new Dictionary<string, string> { ["/t"] = "rw,fast" } }, "invalid tmpfs option [\"fast\"] of /t" },
        { new() { OomScoreAdj = 1001 }, "Invalid value 1001, range for oom score adj is [-1000, 1000]" },
        { new() { ShmSizeBytes = -1 }, "SHM size can not be less than 0" },
        { new() { CgroupParent = "/a/../../b" }, "invalid cgroup parent \"/a/../../b\": it may not contain .." },
        { new() { RestartPolicy = new(RestartCondition.Always, 3) }, "invalid restart policy: maximum retry count can only be used with 'on-failure'" },
        { new() { AutoRemove = true, RestartPolicy = new(RestartCondition.Always) }, "can't create 'AutoRemove' container with restart policy" },
    };

    [Theory]
    [MemberData(nameof(Nonsense))]
    public void What_makes_no_sense_is_refused_in_dockers_words(HostSpec host, string words)
    {
        var refusal = Assert.Throws<EngineException>(() => Check(new ContainerSpec { Image = "web", Host = host }));

        Assert.Equal(words, refusal.Message);
    }

    [Fact]
    public void A_hostname_and_the_hosts_own_names_conflict()
    {
        var refusal = Assert.Throws<EngineException>(() => Check(
            new ContainerSpec { Image = "web", Hostname = "h", Host = new HostSpec { UtsMode = "host" } }));

        Assert.Equal("conflicting options: hostname and the UTS mode", refusal.Message);
    }

    [Theory]
    [InlineData("host", true, "Published ports are discarded when using host network mode")]
    [InlineData("host", false, null)]
    [InlineData("none", true, null)]
    [InlineData("bridge", true, null)]
    [InlineData("lan", true, null)]
    public void Who_publishes_ports_of_the_hosts_own_network_is_told_that_they_are_dropped(
        string mode, bool publishes, string? warning)
    {
        var (_, warnings) = Check(new ContainerSpec
        {
            Image = "web",
            Host = new HostSpec { NetworkMode = mode, PortBindings = publishes ? [new("", 81, 80)] : [] },
        });

        Assert.Equal(warning, warnings.SingleOrDefault());
    }

    [Fact]
    public void Ports_of_another_containers_network_are_that_ones_to_publish()
    {
        var table = new ContainerTable();
        table.Add(new ContainerEntry(new ContainerRecord
        {
            Id = "abc", Name = "front", Created = default, Spec = new ContainerSpec { Image = "web" }, ImageId = "",
            Process = null!, LogPath = "", // Nobody starts it.
        }));
        foreach (var host in new HostSpec[] { new() { PortBindings = [new("", 81, 80)] }, new() { PublishAllPorts = true } })
        {
            var refusal = Assert.Throws<EngineException>(() => Check(
                new ContainerSpec { Image = "web", Host = host with { NetworkMode = "container:abc" } }, table: table));

            Assert.Equal("conflicting options: port publishing and the container type network mode", refusal.Message);
        }
    }

    [Fact]
    public void Remapped_users_rule_out_what_would_need_the_hosts_root()
    {
        foreach (var host in new HostSpec[] { new() { Privileged = true }, new() { NetworkMode = "host" }, new() { PidMode = "host" } })
        {
            Assert.Throws<EngineException>(() => Check(new ContainerSpec { Image = "web", Host = host }, Remap));
            Check(new ContainerSpec { Image = "web", Host = host with { UsernsMode = "host" } }, Remap);
        }
    }

    [Fact]
    public void Every_option_of_a_careful_user_is_taken()
    {
        var (spec, warnings) = Check(new ContainerSpec
        {
            Image = "web",
            Host = new HostSpec
            {
                CapDrop = ["all"],
                CapAdd = ["CAP_CHOWN", "net_admin"],
                SecurityOpt = ["no-new-privileges", "seccomp=unconfined", "apparmor=unconfined", "label=disable", "label:disable"],
                DeviceCgroupRules = ["c 42:* rmw", "a *:* m"],
                Sysctls = new Dictionary<string, string> { ["net.core.somaxconn"] = "1", ["kernel.sem"] = "1 2 3 4" },
                Tmpfs = new Dictionary<string, string> { ["/t"] = "rw,exec,size=1m,mode=1777,uid=3" },
                Ulimits = [new("nofile", 10, -1)],
                Resources = new ResourceSpec { CpuShares = 1 },
            },
        });

        Assert.Empty(warnings);
        Assert.Equal(2, spec.Host.Resources.CpuShares); // The kernel's least.
    }

    private static (ContainerSpec, List<string>) Check(ContainerSpec spec, UserRemap? remap = null, ContainerTable? table = null) =>
        new HostSpecCheck(table ?? new ContainerTable(), new KernelSupport(), new EngineOptions { UserRemap = remap }).Check(spec);
}
