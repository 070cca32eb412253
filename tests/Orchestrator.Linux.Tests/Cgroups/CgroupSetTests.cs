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
        LimitWriter.Apply([Memory(64), Pids("7")]);

        var counters = cgroup.Counters();

        Assert.Equal(64ul << 20, counters.MemoryLimit);
        Assert.Equal(7ul, counters.PidsLimit);
    }

    [RootFact]
    public void Limits_bound_to_each_other_grow_and_shrink_whichever_is_written_first()
    {
        cgroup.Create();
        foreach (var megabytes in (long[])[64, 128, 32])
        {
            LimitWriter.Apply([Memory(megabytes), .. Sum(megabytes)]);

            Assert.Equal((ulong)megabytes << 20, cgroup.Counters().MemoryLimit);
        }
    }

    [RootFact]
    public void A_refused_limit_takes_back_those_before_it_and_is_named()
    {
        cgroup.Create();
        LimitWriter.Apply([Memory(64), Pids("7")]);

        var refusal = Assert.Throws<CgroupLimitException>(() => LimitWriter.Apply([Memory(96), Pids("many")]));

        Assert.Equal("pids is many: the kernel refuses the value (pids.max); count", refusal.Message);
        Assert.Equal((64ul << 20, 7ul), (cgroup.Counters().MemoryLimit, cgroup.Counters().PidsLimit));
    }

    [RootFact]
    public void Parents_made_for_a_cgroup_go_with_the_last_one_in_them_and_others_stay()
    {
        var layout = CgroupLayout.Detect();
        var top = $"/orch-test-{Guid.NewGuid():n}";
        var others = layout.Hierarchies[0].MountPoint + top;
        Directory.CreateDirectory(others);
        var (first, second) = (new CgroupSet(layout, $"{top}/a/b/1"), new CgroupSet(layout, $"{top}/a/b/2"));
        first.Create();
        second.Create();

        first.Remove();
        Assert.True(Directory.Exists($"{others}/a/b/2"));
        second.Remove();

        Assert.Empty(Directory.EnumerateDirectories(others));
        Assert.Equal([others], layout.Hierarchies.Select(h => h.MountPoint + top).Where(Directory.Exists));
        Directory.Delete(others);
    }

    [RootFact]
    public void Many_who_make_and_remove_below_one_parent_do_not_get_in_each_others_way()
    {
        var top = $"/orch-test-{Guid.NewGuid():n}";

        Parallel.For(0, 40, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            var one = new CgroupSet(CgroupLayout.Detect(), $"{top}/{i}");
            one.Create();
            one.Remove();
        });

        Assert.DoesNotContain(CgroupLayout.Detect().Hierarchies, h => Directory.Exists(h.MountPoint + top));
    }

    private CgroupWrite Memory(long megabytes) => cgroup.For("memory") switch
    {
        ({ } v1, false) => new("memory", "", $"{v1}/memory.limit_in_bytes", $"{megabytes << 20}"),
        var v2 => new("memory", "", $"{v2!.Value.Path}/memory.max", $"{megabytes << 20}"),
    };

    private IEnumerable<CgroupWrite> Sum(long megabytes) =>
        cgroup.For("memory") is ({ } v1, false) && File.Exists($"{v1}/memory.memsw.limit_in_bytes")
            ? [new("swap", "", $"{v1}/memory.memsw.limit_in_bytes", $"{megabytes << 20}")]
            : [];

    private CgroupWrite Pids(string value) =>
        new("pids", value, $"{cgroup.For("pids")!.Value.Path}/pids.max", value) { Remedy = "count" };

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
