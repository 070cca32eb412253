using Orchestrator.Oci.Bundle;
using Orchestrator.Oci.Shim;
using Orchestrator.Testing;

namespace Orchestrator.Runtime.Tests.Cgroups;

/// <summary>Limits seen to bite, whichever cgroups the host has.</summary>
public sealed class LimitTests
{
    private static CancellationToken None => CancellationToken.None;

    [RootFact]
    public async Task A_hog_is_killed_at_its_limit_and_that_is_told_though_it_was_not_the_first_process()
    {
        using var container = new TestContainer("/bin/sh", "-c", "dd if=/dev/zero of=/dev/null bs=200M count=1; exit 3");
        With(container, new() { Memory = new() { Limit = 32 << 20, Swap = 32 << 20 } });
        var shim = await container.CreateAsync();
        await shim.StartAsync(None);

        var exit = await shim.WaitAsync(None);

        Assert.Equal((3, true), (exit.ExitCode, exit.OomKilled));
    }

    [RootFact]
    public async Task An_end_within_the_limit_is_told_as_such()
    {
        using var container = new TestContainer("/bin/sh", "-c", "exit 137");
        With(container, new() { Memory = new() { Limit = 64 << 20 } });
        var shim = await container.CreateAsync();
        await shim.StartAsync(None);

        Assert.False((await shim.WaitAsync(None)).OomKilled);
    }

    [RootFact]
    public void A_fork_bomb_ends_at_the_limit_of_processes()
    {
        using var container = new TestContainer("/bin/sh", "-c", "f() { sleep 9 & f; }; f");
        With(container, new() { Pids = new(9) });

        var (code, _, errors) = container.Run();

        Assert.NotEqual(0, code);
        Assert.Contains("can't fork", errors, StringComparison.Ordinal);
        Assert.Empty(container.Cgroups());
    }

    [RootFact]
    public void A_container_over_its_quota_is_throttled()
    {
        using var container = new TestContainer("/bin/sh", "-c",
            "i=0; while [ $i -lt 300 ]; do i=$((i+1)); j=0; while [ $j -lt 1000 ]; do j=$((j+1)); done; "
            + "cat /sys/fs/cgroup/cpu*/cpu.stat /sys/fs/cgroup/cpu.stat 2>/dev/null | grep -q 'nr_throttled [1-9]' "
            + "&& { echo throttled; exit; }; done");
        With(container, new() { Cpu = new() { Quota = 2000, Period = 10_000 } });

        Assert.Equal("throttled\n", container.Run().Output);
    }

    [RootFact]
    public void A_container_sees_and_uses_only_the_CPUs_it_is_given()
    {
        using var container = new TestContainer("/bin/grep", "Cpus_allowed_list", "/proc/self/status");
        With(container, new() { Cpu = new() { Cpus = "0" } });

        Assert.Equal("Cpus_allowed_list:\t0\n", container.Run().Output);
    }

    [RootFact]
    public async Task Limits_of_a_running_container_change_in_place_and_all_stay_when_one_is_refused()
    {
        using var container = new TestContainer("/bin/sleep", "100");
        With(container, new() { Memory = new() { Limit = 64 << 20, Swap = 64 << 20 }, Pids = new(20) });
        var shim = await container.CreateAsync();
        await shim.StartAsync(None);

        await shim.UpdateAsync(new() { Memory = new() { Limit = 128 << 20, Swap = 128 << 20 }, Cpu = new() { Cpus = "0" } }, None);
        var refusal = await Assert.ThrowsAsync<ShimException>(() => shim.UpdateAsync(
            new() { Memory = new() { Limit = 256 << 20, Swap = 256 << 20 }, Cpu = new() { Cpus = "4000" } }, None));

        Assert.Contains("linux.resources.cpu.cpus is 4000: ", refusal.Message, StringComparison.Ordinal);
        var stats = await shim.StatsAsync(None);
        Assert.Equal((128ul << 20, 20ul), (stats.MemoryLimitBytes, stats.PidsLimit));
    }

    [RootFact]
    public void A_limit_the_kernel_refuses_is_named_and_nothing_is_left()
    {
        using var container = new TestContainer("/bin/true");
        With(container, new() { Cpu = new() { Cpus = "4000" } });

        var (code, _, errors) = container.Run();

        Assert.Equal(1, code);
        Assert.StartsWith("orch-runtime: linux.resources.cpu.cpus is 4000: ", errors, StringComparison.Ordinal);
        Assert.Empty(container.Cgroups());
    }

    /// <summary>Character device 240:0 is nobody's: where the rules let one through, there is no driver.</summary>
    [RootFact]
    public void A_device_opens_if_the_rules_say_so_and_only_then()
    {
        var denied = Open();
        var allowed = Open(new DeviceRule(true, "c", 240, 0, "rm"));

        Assert.Contains("Operation not permitted", denied, StringComparison.Ordinal);
        Assert.Contains("No such device or address", allowed, StringComparison.Ordinal);
        Assert.DoesNotContain("null", denied + allowed, StringComparison.Ordinal);
    }

    [RootFact]
    public async Task Device_rules_of_a_running_container_change_in_place()
    {
        using var container = new TestContainer("/bin/sleep", "100");
        var shim = await container.CreateAsync();
        await shim.StartAsync(None);

        await shim.UpdateAsync(new() { Devices = [new(true, "c", 240, 0, "rwm")] }, None);
        var allowed = await ExecAsync(shim);
        await shim.UpdateAsync(new() { Devices = [] }, None);
        var denied = await ExecAsync(shim);

        Assert.Equal((1, 0), (denied, allowed));
    }

    [RootFact]
    public void A_cgroup_below_others_and_one_without_a_slash_in_front_are_made_and_removed()
    {
        foreach (var prefix in (string[])["/orch-test/nested/more", "orch-test/nested"])
        {
            using var container = new TestContainer("/bin/sh", "-c", "echo in");
            container.Spec = container.Spec with
            {
                Linux = container.Spec.Linux! with { CgroupsPath = $"{prefix}/{container.Id}" },
            };

            Assert.Equal("in\n", container.Run().Output);
            Assert.DoesNotContain(
                Directory.EnumerateDirectories("/sys/fs/cgroup").Append("/sys/fs/cgroup"),
                h => Directory.Exists($"{h}/orch-test/nested"));
        }
    }

    private static async Task<int> ExecAsync(ShimClient shim)
    {
        var exec = await shim.ExecAsync(new ExecSpec
        {
            Process = new ProcessSpec
            {
                Args = ["/bin/sh", "-c", "busybox mknod /d c 240 0; busybox cat /d 2>&1 | grep -q 'No such device'"],
                Cwd = "/",
            },
        }, None);
        return (await shim.WaitExecAsync(exec.ExecId, None)).ExitCode;
    }

    private static string Open(params DeviceRule[] rules)
    {
        using var container = new TestContainer("/bin/sh", "-c",
            "busybox mknod /d c 240 0; cat /d; echo x > /dev/null; head -c 1 /dev/zero");
        With(container, new() { Devices = rules });
        return container.Run().Errors;
    }

    private static void With(TestContainer container, ResourcesSpec resources) => container.Spec = container.Spec with
    {
        Linux = container.Spec.Linux! with { Resources = resources },
    };
}
