using System.Text;
using Orchestrator.Integration.Support;
using Orchestrator.Testing;

namespace Orchestrator.Integration.Daemon;

/// <summary>Containers whose processes another OCI runtime makes: Debian's runc, driven by our shim.</summary>
[Collection(ConfiguredDaemonCollection.Name)]
public sealed class OtherRuntimeTests(ConfiguredDaemon node)
{
    [RootFact]
    public async Task Output_exit_status_and_input_pass_through_it()
    {
        using var input = new MemoryStream(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("0123456789\n", 20_000))));

        var run = await node.TryDockerAsync(
            "run", "--runtime", "other", "--name", "foreign-1", LoneDaemon.Image, "sh", "-c", "echo out; echo err >&2; exit 3");
        var echoed = await node.PipeAsync(input, "run", "--rm", "-i", "--runtime", "other", LoneDaemon.Image, "cat");

        Assert.Equal((3, "out", "err"), (run.ExitCode, run.Output, run.Error));
        Assert.Equal("other", await node.DockerAsync("inspect", "-f", "{{.HostConfig.Runtime}}", "foreign-1"));
        Assert.Contains("out", await node.DockerAsync("logs", "foreign-1"));
        Assert.Equal(20_000, echoed.Lines.Length);
        await node.DockerAsync("rm", "foreign-1");
    }

    [RootFact]
    public async Task A_running_one_can_be_looked_into_changed_paused_and_stopped_and_leaves_nothing()
    {
        await node.DockerAsync(
            "run", "-d", "-t", "--runtime", "other", "--name", "foreign-2", "--memory", "64m", "--memory-swap", "64m", "-p", "80",
            LoneDaemon.Image, "sh", "-c", "trap 'exit 9' TERM; while :; do sleep 0.1; done");
        var state = Path.Combine(node.Root, "run", "containers");

        Assert.Contains( // It is runc's own.
            Directory.GetFiles(state, "state.json", SearchOption.AllDirectories),
            file => file.Contains("/runtime/state/", StringComparison.Ordinal));
        Assert.Equal("7", (await node.TryDockerAsync("exec", "foreign-2", "sh", "-c", "exit 7")).ExitCode.ToString());
        Assert.Equal("/dev/pts", await node.DockerAsync("exec", "-t", "-w", "/dev/pts", "foreign-2", "sh", "-c", "tty >/dev/null && printf $(pwd)"));
        var missing = await node.TryDockerAsync("exec", "foreign-2", "nosuch");
        Assert.Equal(127, missing.ExitCode);
        Assert.Contains("executable file not found", missing.Output + missing.Error);
        await node.DockerAsync("update", "--memory", "32m", "--memory-swap", "32m", "foreign-2");
        Assert.Contains("/ 32MiB", await node.DockerAsync("stats", "--no-stream", "--format", "{{.MemUsage}}", "foreign-2"));
        await node.DockerAsync("pause", "foreign-2");
        Assert.Equal("paused", await node.DockerAsync("inspect", "-f", "{{.State.Status}}", "foreign-2"));
        await node.DockerAsync("unpause", "foreign-2");
        Assert.Contains("sleep 0.1", await node.DockerAsync("top", "foreign-2"));
        await node.DockerAsync("stop", "foreign-2");
        Assert.Equal("9", await node.DockerAsync("inspect", "-f", "{{.State.ExitCode}}", "foreign-2"));
        await node.DockerAsync("rm", "foreign-2");
        Assert.Empty(node.Cgroups());
    }

    [RootFact]
    public async Task One_runs_on_when_the_daemon_is_killed_and_is_taken_over()
    {
        await node.DockerAsync("run", "-d", "--runtime", "other", "--name", "foreign-3", LoneDaemon.Image, "sleep", "100");
        var pid = await node.DockerAsync("inspect", "-f", "{{.State.Pid}}", "foreign-3");

        await node.KillAsync("KILL");
        await node.StartAsync();

        Assert.Equal(pid, await node.DockerAsync("inspect", "-f", "{{.State.Pid}}", "foreign-3"));
        await node.DockerAsync("exec", "foreign-3", "true");
        await node.DockerAsync("rm", "-f", "foreign-3");
        Assert.False(Directory.Exists($"/proc/{pid}"));
    }

    [RootTheory]
    [InlineData(127, "executable file not found in $PATH", "--runtime", "other", LoneDaemon.Image, "nosuch")]
    [InlineData(125, "unknown or invalid runtime name: nosuch", "--runtime", "nosuch", LoneDaemon.Image, "true")]
    [InlineData(127, "unable to retrieve OCI runtime: exec: \"/nosuch/runtime\"", "--runtime", "gone", LoneDaemon.Image, "true")]
    public async Task What_cannot_run_is_told_in_words_and_leaves_nothing(int code, string words, params string[] arguments)
    {
        var run = await node.TryDockerAsync(["run", "--rm", .. arguments]);

        Assert.Contains(words, run.Error);
        Assert.Equal(code, run.ExitCode);
        Assert.Empty(node.Cgroups());
    }

    [RootFact]
    public async Task Info_lists_them()
    {
        Assert.Equal(
            "gone /nosuch/runtime,other runc,", await node.DockerAsync(
                "info", "-f", "{{range $name, $it := .Runtimes}}{{if ne $name \"orch\"}}{{$name}} {{$it.Path}},{{end}}{{end}}"));
        Assert.Equal("orch", await node.DockerAsync("info", "-f", "{{.DefaultRuntime}}"));
    }
}
