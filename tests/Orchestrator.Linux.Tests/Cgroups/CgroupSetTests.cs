using System.Diagnostics;
using Orchestrator.Linux.Cgroups;
using Orchestrator.Testing;

namespace Orchestrator.Linux.Tests.Cgroups;

public sealed class CgroupSetTests : IDisposable
{
    private readonly CgroupSet cgroup = new(CgroupLayout.Detect(), $"/orch-test-{Guid.NewGuid():n}");

    public void Dispose()
    {
        cgroup.KillAll();
        cgroup.Remove();
    }

    [RootFact]
    public void Killing_all_ends_processes_that_are_frozen()
    {
        cgroup.Create();
        using var process = Sleeper();

        cgroup.Freeze();
        Assert.Contains(process.Id, cgroup.Processes());
        cgroup.KillAll();

        process.WaitForExit();
        Assert.Empty(cgroup.Processes());
        cgroup.Thaw();
    }

    [RootFact]
    public void Limits_are_in_force_and_counted()
    {
        cgroup.Create();
        cgroup.Apply(new CgroupLimits { MemoryBytes = 64 << 20, MemoryAndSwapBytes = 64 << 20, Pids = 7, CpuQuota = 50_000 });

        var counters = cgroup.Counters();

        Assert.Equal(64ul << 20, counters.MemoryLimit);
        Assert.Equal(7ul, counters.PidsLimit);
    }

    [RootFact]
    public void A_memory_limit_grows_and_shrinks_in_place()
    {
        cgroup.Create();
        foreach (var megabytes in (long[])[64, 128, 32])
        {
            cgroup.Apply(new CgroupLimits { MemoryBytes = megabytes << 20, MemoryAndSwapBytes = megabytes << 20 });

            Assert.Equal((ulong)megabytes << 20, cgroup.Counters().MemoryLimit);
        }
    }

    private Process Sleeper()
    {
        var enter = string.Join("; ", cgroup.ProcsFiles.Select(f => $"echo 0 > {f}"));
        var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", $"{enter}; echo in; exec sleep 100"])
        {
            RedirectStandardOutput = true,
        })!;
        Assert.Equal("in", process.StandardOutput.ReadLine());
        return process;
    }
}
