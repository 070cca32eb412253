using Orchestrator.Testing;

namespace Orchestrator.Integration.DropIn;

/// <summary>podman and conmon take our runtime for runc.</summary>
public sealed class PodmanTests(Podman podman) : IClassFixture<Podman>
{
    [RootFact]
    public async Task A_run_passes_output_and_exit_status_on_and_leaves_no_cgroup()
    {
        var run = await podman.RunAsync("--rm", Podman.Image, "sh", "-c", "echo out; echo err >&2; exit 3");

        Assert.Equal((3, "out", "err"), (run.ExitCode, run.Output, run.Error));
        Assert.DoesNotContain(podman.Host.CgroupsLeft(), c => c.Contains("libpod-", StringComparison.Ordinal));
    }

    [RootFact]
    public async Task A_container_is_entered_measured_paused_and_killed()
    {
        var run = await podman.RunAsync("-d", "--name", "c", "-m", "64m", Podman.Image, "sh", "-c", "echo up; sleep 1000");
        Assert.Equal((0, ""), (run.ExitCode, run.Error));

        var exec = await podman.TryAsync("exec", "--env", "A=b", "c", "sh", "-c", "echo in $A; exit 4");
        var stats = await podman.MustAsync("stats", "--no-stream", "--format", "{{.MemUsage}} {{.PIDs}}", "c");
        await podman.MustAsync("pause", "c");
        var paused = await podman.MustAsync("inspect", "-f", "{{.State.Status}} {{.OCIRuntime}}", "c");
        var refused = await podman.TryAsync("exec", "c", "true");
        await podman.MustAsync("unpause", "c");
        var top = await podman.MustAsync("top", "c", "args");
        await podman.MustAsync("kill", "c");
        var code = await podman.MustAsync("wait", "c");
        var logs = await podman.MustAsync("logs", "c");
        await podman.MustAsync("rm", "c");

        Assert.Equal((4, "in b"), (exec.ExitCode, exec.Output));
        Assert.Matches(@"^[0-9.]+[kM]B / 67\.11MB 1$", stats);
        Assert.Equal($"paused {PrivateHost.Runtime}", paused);
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("sleep 1000", top, StringComparison.Ordinal);
        Assert.Equal(("137", "up"), (code, logs));
        Assert.DoesNotContain(podman.Host.CgroupsLeft(), c => c.Contains("libpod-", StringComparison.Ordinal));
    }

    [RootFact]
    public async Task A_terminal_is_handed_to_conmon_for_run_and_exec()
    {
        var run = await podman.OnTerminalAsync(
            "run", "--rm", "-t", "--cgroup-parent", podman.Host.Cgroup, "--network=none", Podman.Image,
            "sh", "-c", "busybox tty; exit 5");
        await podman.RunAsync("-d", "--name", "t", Podman.Image, "sleep", "1000");
        var exec = await podman.OnTerminalAsync("exec", "-t", "t", "busybox", "tty");
        await podman.MustAsync("rm", "-f", "-t", "0", "t");

        Assert.Equal((5, "/dev/pts/0"), (run.ExitCode, run.Output.Trim()));
        Assert.Equal((0, "/dev/pts/0"), (exec.ExitCode, exec.Output.Trim()));
    }

    [RootFact]
    public async Task What_cannot_be_executed_is_told_by_127_and_126()
    {
        var missing = await podman.RunAsync("--rm", Podman.Image, "nosuch");
        var directory = await podman.RunAsync("--rm", Podman.Image, "/bin");

        Assert.Equal((127, 126), (missing.ExitCode, directory.ExitCode));
        Assert.Contains("executable file not found in $PATH", missing.Error, StringComparison.Ordinal);
        Assert.Contains("permission denied", directory.Error, StringComparison.Ordinal);
    }
}
