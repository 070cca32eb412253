using Orchestrator.Linux.Processes;
using Orchestrator.Oci.Bundle;
using Orchestrator.Oci.Seccomp;
using Orchestrator.Testing;

namespace Orchestrator.Runtime.Tests.Security;

/// <summary>CVE-2022-0492 (release_agent), and limits that hold.</summary>
public sealed class CgroupTests
{
    private static readonly string[] Agents = [.. Directory.EnumerateDirectories("/sys/fs/cgroup")
        .Select(h => $"{h}/release_agent").Where(File.Exists)];

    [RootFact]
    public void No_release_agent_is_in_reach_and_nothing_of_cgroups_can_be_written()
    {
        var before = Agents.Select(File.ReadAllText).ToArray();
        using var container = new TestContainer("/bin/sh", "-c",
            "for f in /sys/fs/cgroup/release_agent /sys/fs/cgroup/*/release_agent /sys/fs/cgroup/*/notify_on_release /sys/fs/cgroup/*/tasks /sys/fs/cgroup/cgroup.procs; do (echo /evil > $f) 2>/dev/null && echo wrote $f; done; mkdir /sys/fs/cgroup/memory/x 2>/dev/null && echo made; echo end");

        Assert.Equal("end\n", container.Run().Output);
        Assert.Equal(before, Agents.Select(File.ReadAllText));
    }

    [RootFact]
    public void A_hierarchy_of_its_own_cannot_be_mounted_from_a_user_namespace_of_its_own()
    {
        using var container = new TestContainer("/bin/sh", "-c",
            "busybox unshare -U -r -m sh -c 'mount -t cgroup -o memory x /mnt && echo mounted'; busybox mount -t cgroup -o memory x /mnt; echo end");
        Directory.CreateDirectory($"{container.RootFs}/mnt");
        Seccomp.FilteredContainerTests.Filter(container, ProfileResolver.Resolve(
            SeccompProfile.Default, ContainerDefaults.Capabilities, new Version(6, 18))!);

        var (_, output, errors) = container.Run();

        Assert.Equal("end\n", output);
        Assert.Contains("unshare: unshare(0x10020000): Operation not permitted", errors, StringComparison.Ordinal);
    }

    [RootFact]
    public void A_fork_bomb_ends_at_the_limit_of_pids()
    {
        const int limit = 24, tries = 100;
        using var container = new TestContainer("/bin/sh", "-c",
            $"for i in $(seq {tries}); do sleep 60 & done; echo all");
        Limit(container, new() { Pids = new PidsResources(limit) });

        var (code, output, errors) = container.Run();

        Assert.NotEqual(0, code);
        Assert.Empty(output);
        Assert.Contains("fork", errors, StringComparison.Ordinal);
        Assert.Empty(container.Cgroups());
    }

    [RootFact]
    public async Task A_hog_is_killed_at_the_limit_of_memory_and_said_to_have_been()
    {
        const long limit = 24 << 20;
        using var container = new TestContainer("/bin/tail", "/dev/zero");
        Limit(container, new() { Memory = new MemoryResources { Limit = limit, Swap = limit } });
        var shim = await container.CreateAsync();
        await shim.StartAsync(CancellationToken.None);

        var exit = await shim.WaitAsync(CancellationToken.None);

        Assert.Equal((137, true), (exit.ExitCode, exit.OomKilled));
    }

    private static void Limit(TestContainer container, ResourcesSpec limits) => container.Spec = container.Spec with
    {
        Linux = container.Spec.Linux! with { Resources = limits with { Devices = ContainerDefaults.DeviceRules } },
    };
}
