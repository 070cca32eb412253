using Orchestrator.Oci.Bundle;
using Orchestrator.Testing;

namespace Orchestrator.Runtime.Tests.Containers;

public sealed class ProcessTests
{
    private static readonly string[] Kept = ["CAP_KILL"];

    [RootFact]
    public void The_process_is_as_the_specification_has_it()
    {
        using var container = new TestContainer("/bin/sh", "-c",
            "umask; busybox uname -m; cat /proc/self/oom_score_adj; busybox cut -d' ' -f19,41 /proc/self/stat; busybox ionice -p $$; ulimit -n; ulimit -c; "
            + "grep -E 'Cap|Groups' /proc/self/status; cat /proc/uptime /proc/self/timens_offsets");
        container.Spec = container.Spec with
        {
            Process = container.Spec.Process! with
            {
                User = new(1000, 1000, [7, 8], Umask: 0x3f),
                Capabilities = new() { Bounding = Kept, Effective = Kept, Permitted = Kept, Inheritable = Kept, Ambient = Kept },
                OomScoreAdj = 77,
                Scheduler = new() { Policy = "SCHED_BATCH", Nice = 3 },
                IoPriority = new("IOPRIO_CLASS_IDLE"),
                Rlimits = [new("RLIMIT_NOFILE", 100, 200), new("RLIMIT_CORE", 0, 0)],
            },
            Linux = container.Spec.Linux! with
            {
                Personality = new("LINUX32"),
                Namespaces = [.. container.Spec.Linux!.Namespaces!, new("time")],
                TimeOffsets = new() { ["boottime"] = new(100_000_000, 5), ["monotonic"] = new(7) },
            },
        };

        var (code, output, errors) = container.Run();

        Assert.Equal((0, ""), (code, errors));
        Assert.StartsWith("0077\ni686\n77\n3 3\n", output, StringComparison.Ordinal);
        Assert.Contains("idle", output, StringComparison.Ordinal);
        Assert.Contains("\n100\n0\n", output, StringComparison.Ordinal);
        Assert.Contains("Groups:\t7 8 \n", output, StringComparison.Ordinal);
        foreach (var set in (string[])["Inh", "Prm", "Eff", "Bnd", "Amb"])
            Assert.Contains($"Cap{set}:\t0000000000000020", output, StringComparison.Ordinal);
        var lines = output.Split('\n');
        Assert.True(double.Parse(lines[^4].Split(' ')[0]) > 100_000_000);
        Assert.Matches("^monotonic +7 +0$", lines[^3]);
        Assert.Matches("^boottime +100000000 +5$", lines[^2]);
    }

    [RootFact]
    public async Task An_exec_runs_on_the_cpus_asked_for()
    {
        using var container = new TestContainer("/bin/sleep", "60");
        var shim = await container.CreateAsync();
        await shim.StartAsync(CancellationToken.None);

        var exec = await shim.ExecAsync(
            new()
            {
                Process = new() { Args = ["/bin/sh", "-c", "grep -q 'Cpus_allowed_list:.0$' /proc/self/status"], ExecCpuAffinity = new(Final: "0") },
                Detach = true,
            },
            CancellationToken.None);

        Assert.Equal(0, (await shim.WaitExecAsync(exec.ExecId, CancellationToken.None)).ExitCode);
    }

    [RootFact]
    public async Task A_mount_namespace_that_is_joined_is_entered_though_its_proc_shows_others()
    {
        using var first = new TestContainer("/bin/sleep", "60");
        var shim = await first.CreateAsync();
        await shim.StartAsync(CancellationToken.None);
        var pid = (await shim.StateAsync(CancellationToken.None)).Pid;
        using var second = new TestContainer("/bin/sh", "-c", "readlink /proc/self/ns/mnt; cat /proc/self/timens_offsets");
        second.Spec = second.Spec with
        {
            Root = new("/"),
            Mounts = [new() { Destination = "/proc", Type = "proc" }],
            Linux = second.Spec.Linux! with
            {
                Namespaces = [new("mount", $"/proc/{pid}/ns/mnt"), new("pid"), new("uts"), new("time")],
                TimeOffsets = new() { ["boottime"] = new(5) },
            },
        };

        var (code, output, errors) = second.Run();

        Assert.Equal((0, ""), (code, errors));
        Assert.StartsWith(new FileInfo($"/proc/{pid}/ns/mnt").LinkTarget!, output, StringComparison.Ordinal);
        Assert.Matches("boottime +5 +0\n", output);
    }

    [RootFact]
    public void A_limit_that_cannot_be_had_is_an_error_that_names_it()
    {
        using var container = new TestContainer("/bin/true");
        container.Spec = container.Spec with
        {
            Process = container.Spec.Process! with { Rlimits = [new("RLIMIT_NOFILE", 1, RlimitSpec.Unlimited)] },
        };

        var (code, _, errors) = container.Run();

        Assert.Equal((1, "orch-runtime: set RLIMIT_NOFILE 1:18446744073709551615: operation not permitted\n"), (code, errors));
    }
}
