using System.Text;
using Orchestrator.Testing;

namespace Orchestrator.Integration.DropIn;

/// <summary>dockerd and containerd's shim take our runtime for runc.</summary>
public sealed class DockerdTests(Dockerd docker) : IClassFixture<Dockerd>
{
    [RootFact]
    public async Task A_run_passes_input_output_and_exit_status_on_and_leaves_no_cgroup()
    {
        using var input = new MemoryStream(Encoding.ASCII.GetBytes("typed\n"));

        var run = await docker.PipeAsync(input, "-i", "--rm", Dockerd.Image, "sh", "-c", "cat; echo err >&2; exit 3");

        Assert.Equal((3, "typed", "err"), (run.ExitCode, run.Output, run.Error));
        Assert.Empty(docker.Host.CgroupsLeft());
    }

    [RootFact]
    public async Task A_container_is_entered_measured_updated_paused_stopped_and_started_again()
    {
        var run = await docker.RunAsync(
            "-d", "--name", "box", "--memory", "64m", Dockerd.Image, "sh", "-c", "echo up; trap 'exit 7' TERM; while :; do sleep 0.1; done");
        Assert.Equal((0, ""), (run.ExitCode, run.Error));

        var exec = await docker.TryAsync("exec", "box", "sh", "-c", "echo in; exit 4");
        var stats = await docker.MustAsync("stats", "--no-stream", "--format", "{{.MemUsage}}", "box");
        await docker.MustAsync("update", "--memory", "32m", "--memory-swap", "32m", "box");
        var updated = await docker.MustAsync("stats", "--no-stream", "--format", "{{.MemUsage}}", "box");
        await docker.MustAsync("pause", "box");
        var paused = await docker.MustAsync("inspect", "-f", "{{.State.Status}} {{.HostConfig.Runtime}}", "box");
        await docker.MustAsync("unpause", "box");
        await docker.MustAsync("stop", "box");
        var stopped = await docker.MustAsync("inspect", "-f", "{{.State.Status}} {{.State.ExitCode}}", "box");
        await docker.MustAsync("start", "box");
        await docker.MustAsync("kill", "box");
        var code = await docker.MustAsync("wait", "box");
        var logs = await docker.MustAsync("logs", "box");
        await docker.MustAsync("rm", "box");

        Assert.Equal((4, "in"), (exec.ExitCode, exec.Output));
        Assert.EndsWith("/ 64MiB", stats, StringComparison.Ordinal);
        Assert.EndsWith("/ 32MiB", updated, StringComparison.Ordinal);
        Assert.Equal(("paused orch", "exited 7", "137", "up\nup"), (paused, stopped, code, logs));
        Assert.Empty(docker.Host.CgroupsLeft());
    }

    [RootFact]
    public async Task A_terminal_is_handed_to_containerd_for_run_and_exec()
    {
        var run = await docker.OnTerminalAsync(
            "run", "--rm", "-t", "--runtime", "orch", "--network", "none", Dockerd.Image, "sh", "-c", "busybox tty; exit 5");
        await docker.RunAsync("-d", "--name", "term", Dockerd.Image, "sleep", "1000");
        var exec = await docker.OnTerminalAsync("exec", "-t", "term", "busybox", "tty");
        await docker.MustAsync("rm", "-f", "term");

        Assert.Equal((5, "/dev/pts/0"), (run.ExitCode, run.Output.Trim()));
        Assert.Equal((0, "/dev/pts/0"), (exec.ExitCode, exec.Output.Trim()));
    }

    [RootFact]
    public async Task What_cannot_be_executed_is_told_by_127_and_126()
    {
        var missing = await docker.RunAsync("--rm", Dockerd.Image, "nosuch");
        var directory = await docker.RunAsync("--rm", Dockerd.Image, "/bin");

        Assert.Equal((127, 126), (missing.ExitCode, directory.ExitCode));
        Assert.Contains("executable file not found in $PATH", missing.Error, StringComparison.Ordinal);
    }

    [RootFact]
    public async Task Running_out_of_memory_is_docker_told()
    {
        await docker.RunAsync(
            "--name", "oom", "-m", "16m", "--memory-swap", "16m", Dockerd.Image,
            "busybox", "dd", "if=/dev/zero", "of=/dev/null", "bs=100M", "count=1");

        var state = await docker.MustAsync("inspect", "-f", "{{.State.ExitCode}} {{.State.OOMKilled}}", "oom");
        await docker.MustAsync("rm", "oom");

        Assert.Equal("137 true", state);
    }
}
