using Orchestrator.Oci.Bundle;
using Orchestrator.Runtime.Containers;
using Orchestrator.Testing;

namespace Orchestrator.Runtime.Tests.Cgroups;

public sealed class SystemdTests
{
    [Theory]
    [InlineData("user.slice:pod:c1", "user.slice", "pod-c1.scope")]
    [InlineData("::c1", "system.slice", "c1.scope")]
    [InlineData("", "system.slice", "orch-id.scope")]
    [InlineData(null, "system.slice", "orch-id.scope")]
    public void A_path_of_three_parts_is_a_slice_and_a_scope(string? path, string slice, string unit) =>
        Assert.Equal((slice, unit), SystemdScope.Names(path, "id"));

    [Theory]
    [InlineData("/orch/c1")]
    [InlineData("system.slice:orch:")]
    [InlineData("a:b/../c:d")]
    [InlineData("a:b:c:d")]
    public void A_path_that_has_not_these_parts_is_refused(string path) => Assert.StartsWith(
        $"linux.cgroupsPath is {path}: with --systemd-cgroup it is SLICE:PREFIX:NAME",
        Assert.Throws<RuntimeException>(() => SystemdScope.Names(path, "id")).Message, StringComparison.Ordinal);

    [VmFact(Only = "v2")]
    public void Where_systemd_does_not_run_its_flag_is_refused_with_the_remedy()
    {
        using var container = new TestContainer("/bin/true");
        In(container, $"system.slice:orch:{container.Id}");

        var (code, _, errors) = container.Command("--systemd-cgroup", "run", "--bundle", container.Bundle(), container.Id);

        Assert.Equal(1, code);
        Assert.Contains("--systemd-cgroup: systemd does not run here; leave the flag out", errors, StringComparison.Ordinal);
    }

    [VmFact(Only = "systemd")]
    public async Task The_scope_is_systemds_the_limits_below_are_the_containers_and_both_go_with_it()
    {
        using var container = new TestContainer("/bin/sleep", "100");
        In(container, $"system.slice:orch:{container.Id}");
        var scope = $"/sys/fs/cgroup/system.slice/orch-{container.Id}.scope";

        var (code, _, errors) = container.Command(
            "--systemd-cgroup", "run", "--detach", "--bundle", container.Bundle(), container.Id);
        Assert.Equal((0, ""), (code, errors));
        var limit = await File.ReadAllTextAsync($"{scope}/container/memory.max");
        var processes = await File.ReadAllLinesAsync($"{scope}/container/cgroup.procs");
        var deleted = container.Command("delete", "--force", container.Id);

        Assert.Equal("67108864\n", limit);
        Assert.Single(processes); // The stand-in has gone.
        Assert.Equal((0, ""), (deleted.ExitCode, deleted.Errors));
        for (var i = 0; i < 200 && Directory.Exists(scope); i++)
            await Task.Delay(50);
        Assert.False(Directory.Exists(scope));
    }

    private static void In(TestContainer container, string path) => container.Spec = container.Spec with
    {
        Linux = container.Spec.Linux! with
        {
            CgroupsPath = path,
            Resources = new ResourcesSpec { Memory = new() { Limit = 64 << 20 } },
        },
    };
}
