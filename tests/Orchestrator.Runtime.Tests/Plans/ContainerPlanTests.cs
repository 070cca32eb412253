using Orchestrator.Init;
using Orchestrator.Linux.Cgroups;
using Orchestrator.Oci.Bundle;
using Orchestrator.Runtime.Hooks;
using Orchestrator.Runtime.Plans;

namespace Orchestrator.Runtime.Tests.Plans;

public sealed class ContainerPlanTests
{
    private static readonly CgroupSet Cgroups = new(
        new CgroupLayout([new("memory", "/cg/memory", false, ["memory"])]), "/orch/x");

    private static readonly HookState State = new("x", "/bundle", null);

    private static readonly RuntimeSpec Default = ContainerDefaults.Spec("rootfs", ["sh"], "/orch/x");

    [Fact]
    public void Nothing_happens_before_the_process_is_in_its_cgroup() =>
        Assert.Equal("/cg/memory/orch/x/tasks", Build(Default)[0].Text1);

    [Fact]
    public void Every_mount_comes_between_entering_the_root_and_the_pivot()
    {
        var plan = Build(Default).ToList();

        var root = plan.FindIndex(s => s.Op == PlanOp.EnterRoot);
        var pivot = plan.FindIndex(s => s.Op == PlanOp.Pivot);
        Assert.All(plan.Index().Where(s => s.Item.Op is PlanOp.Mount or PlanOp.Bind or PlanOp.Mask or PlanOp.MakeNode),
            s => Assert.InRange(s.Index, root, pivot));
    }

    [Fact]
    public void Capabilities_go_after_the_user_and_the_bounding_set_before() =>
        Assert.Equal(
            [PlanOp.BoundingSet, PlanOp.Identity, PlanOp.Capabilities, PlanOp.FindProgram, PlanOp.WaitForStart, PlanOp.Execute],
            Build(Default).Select(s => s.Op).ToArray()[^6..]);

    [Fact]
    public void Capabilities_are_never_more_than_the_daemon_has()
    {
        var step = ContainerPlan.Build(Default, State, Cgroups, available: 1, waitForStart: false, PlanFiles.None)
            .Single(s => s.Op == PlanOp.Capabilities);

        Assert.Equal((1, 1, 0), (step.A, step.B, step.C));
    }

    [Fact]
    public void A_container_without_a_mount_namespace_is_refused()
    {
        var spec = Default with { Linux = Default.Linux! with { Namespaces = [new("pid")] } };

        Assert.Throws<RuntimeException>(() => Build(spec));
    }

    [Fact]
    public void A_bind_mount_over_proc_is_refused()
    {
        var spec = Default with { Mounts = [new() { Destination = "/proc/", Type = "bind", Source = "/x", Options = ["rbind"] }] };

        Assert.Contains("/proc is not allowed", Assert.Throws<RuntimeException>(() => Build(spec)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("net.ipv4.ip_forward", true)]
    [InlineData("kernel.shmmax", true)]
    [InlineData("kernel.panic", false)]
    [InlineData("net.../../kernel.panic", false)]
    [InlineData("vm.swappiness", false)]
    public void Only_sysctls_of_a_namespace_of_its_own_are_set(string name, bool allowed)
    {
        var spec = Default with { Linux = Default.Linux! with { Sysctl = new() { [name] = "1" } } };

        var error = Record.Exception(() => Build(spec));

        Assert.Equal(allowed, error is null);
    }

    [Fact]
    public void A_sysctl_of_the_hosts_network_is_refused()
    {
        var spec = Default with
        {
            Linux = Default.Linux! with { Namespaces = [new("mount")], Sysctl = new() { ["net.core.somaxconn"] = "1" } },
            Hostname = null,
        };

        Assert.Throws<RuntimeException>(() => Build(spec));
    }

    [Fact]
    public void A_text_with_a_zero_byte_cannot_cut_another_short() =>
        Assert.Throws<RuntimeException>(() => PlanBytes.Encode([new(PlanOp.HostName, "x") { Text1 = "a\0b" }]));

    [Fact]
    public void Mount_words_are_sorted_into_flags_attributes_and_data()
    {
        var options = MountOptions.Parse(["rbind", "ro", "nosuid", "noatime", "rslave", "size=64m", "mode=755"]);

        Assert.True(options.IsBind && options.Recursive);
        Assert.Equal((0x13, 0x70), (options.Own.Set, options.Own.Clear));
        Assert.Equal("size=64m,mode=755", options.Data);
        Assert.Equal([Orchestrator.Linux.Mounts.MountFlags.Slave | Orchestrator.Linux.Mounts.MountFlags.Recursive], options.Propagations);
    }

    [Fact]
    public void The_last_word_on_a_mount_wins()
    {
        var options = MountOptions.Parse(["ro", "rw", "noexec", "exec"]);

        Assert.Equal(Orchestrator.Linux.Mounts.MountFlags.None, options.Flags);
        Assert.Equal((0, 9), (options.Own.Set, options.Own.Clear));
    }

    private static IReadOnlyList<PlanEntry> Build(RuntimeSpec spec) =>
        ContainerPlan.Build(spec, State, Cgroups, ulong.MaxValue, waitForStart: true, PlanFiles.None);
}
