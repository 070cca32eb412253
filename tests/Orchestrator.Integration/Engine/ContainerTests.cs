using System.Text;
using System.Text.RegularExpressions;
using Orchestrator.Integration.Support;
using Orchestrator.Testing;

namespace Orchestrator.Integration.Engine;

/// <summary>One node, driven by the stock docker client.</summary>
[Collection(LoneDaemonCollection.Name)]
public sealed class ContainerTests(LoneDaemon node)
{
    [RootFact]
    public async Task A_run_passes_output_and_exit_status_on()
    {
        var run = await node.TryDockerAsync("run", "--rm", LoneDaemon.Image, "sh", "-c", "echo out; echo err >&2; exit 3");

        Assert.Equal((3, "out", "err"), (run.ExitCode, run.Output, run.Error));
        Assert.Empty(await node.DockerAsync("ps", "-aq", "--filter", "status=exited"));
    }

    [RootTheory]
    [InlineData("docker")]
    [InlineData("orch")]
    public async Task Who_publishes_a_port_of_the_hosts_own_network_is_warned_and_gets_his_container(string client)
    {
        var run = await node.TryAsync(client, "run", "--rm", "--network", "host", "-p", "81:80", LoneDaemon.Image, "true");
        var apart = await node.TryAsync(client, "run", "--rm", "--network", "none", "-p", "81:80", LoneDaemon.Image, "true");

        Assert.Equal((0, "WARNING: Published ports are discarded when using host network mode"), (run.ExitCode, run.Error));
        Assert.Equal((0, ""), (apart.ExitCode, apart.Error));
    }

    [RootFact]
    public async Task The_end_of_input_reaches_the_program_and_its_output_still_comes_back()
    {
        using var input = new MemoryStream(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("0123456789\n", 20_000))));

        var run = await node.PipeAsync(input, "run", "--rm", "-i", LoneDaemon.Image, "cat");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(20_000, run.Lines.Length);
    }

    [RootFact]
    public async Task Exec_has_streams_and_an_exit_status_of_its_own()
    {
        await node.DockerAsync("run", "-d", "--name", "exec-1", LoneDaemon.Image, "sleep", "100");
        using var input = new MemoryStream("hello"u8.ToArray());

        var echoed = await node.PipeAsync(input, "exec", "-i", "exec-1", "sh", "-c", "cat; exit 7");
        var missing = await node.TryDockerAsync("exec", "exec-1", "nosuch");

        Assert.Equal((7, "hello"), (echoed.ExitCode, echoed.Output));
        Assert.Equal(127, missing.ExitCode);
        Assert.Contains("executable file not found", missing.Output);
        await node.DockerAsync("rm", "-f", "exec-1");
    }

    [RootFact]
    public async Task A_container_whose_shim_is_killed_is_ended_and_started_again_if_its_policy_says_so()
    {
        foreach (var (name, policy) in new[] { ("lost-1", "no"), ("lost-2", "always") })
        {
            await node.DockerAsync("run", "-d", "--name", name, "--restart", policy, LoneDaemon.Image, "sleep", "100");
            var pid = await node.DockerAsync("inspect", "-f", "{{.State.Pid}}", name);
            var shim = File.ReadLines($"/proc/{pid}/status").First(l => l.StartsWith("PPid:", StringComparison.Ordinal))[5..];

            await Shell.RunAsync("kill", ["-9", shim.Trim()]);

            await Eventually.HoldsAsync(
                $"{name} without its shim is ended", TimeSpan.FromSeconds(30),
                () => node.DockerAsync("inspect", "-f", "{{.State.Status}} {{.State.Pid}} {{.RestartCount}}", name),
                now => !Sleeps(pid) && Regex.IsMatch(now, policy == "no" ? "^exited 0 0$" : "^running [1-9]\\d* 1$"));
        }

        Assert.NotEqual("0", await node.DockerAsync("inspect", "-f", "{{.State.ExitCode}}", "lost-1"));
        await node.DockerAsync("rm", "-f", "lost-1", "lost-2");
    }

    /// <summary>Not so of one that is dead and not reaped yet, or of another that has its number by now.</summary>
    private static bool Sleeps(string pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cmdline").StartsWith("sleep", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }

    [RootFact]
    public async Task Containers_outlive_a_killed_daemon_and_the_next_one_knows_them()
    {
        await node.DockerAsync("run", "-d", "--name", "live-1", LoneDaemon.Image, "sh", "-c",
            "i=0; while :; do i=$((i + 1)); echo $i; sleep 0.1; done");
        await node.DockerAsync("run", "-d", "--name", "ends-1", LoneDaemon.Image, "sh", "-c", "sleep 1; exit 5");
        var pid = await node.DockerAsync("inspect", "-f", "{{.State.Pid}}", "live-1");

        await node.KillAsync("KILL");
        await Task.Delay(TimeSpan.FromSeconds(2));
        await node.StartAsync();

        Assert.Equal(pid, await node.DockerAsync("inspect", "-f", "{{.State.Pid}}", "live-1"));
        await Eventually.HoldsAsync(
            "its end is known", TimeSpan.FromSeconds(20),
            () => node.DockerAsync("inspect", "-f", "{{.State.Status}} {{.State.ExitCode}}", "ends-1"), s => s == "exited 5");
        var lines = (await node.DockerAsync("logs", "live-1")).Split('\n').Select(int.Parse).ToList();
        Assert.Equal(Enumerable.Range(1, lines.Count), lines);
        Assert.Equal("still", await node.DockerAsync("exec", "live-1", "echo", "still"));
        await node.DockerAsync("rm", "-f", "live-1", "ends-1");
    }

    [RootFact]
    public async Task A_restart_policy_counts_its_tries()
    {
        await node.DockerAsync("run", "-d", "--name", "again-1", "--restart", "on-failure:2", LoneDaemon.Image, "sh", "-c", "exit 4");

        await Eventually.HoldsAsync(
            "two restarts, then down", TimeSpan.FromSeconds(30),
            () => node.DockerAsync("inspect", "-f", "{{.RestartCount}} {{.State.Status}} {{.State.ExitCode}}", "again-1"),
            state => state == "2 exited 4");
        await node.DockerAsync("rm", "again-1");
    }

    [RootFact]
    public async Task Events_tell_a_containers_life_in_order()
    {
        var since = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        await node.DockerAsync("run", "--rm", "--name", "events-1", LoneDaemon.Image, "true");

        var actions = await node.DockerAsync(
            "events", "--since", $"{since}", "--until", $"{DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 1}",
            "--filter", "container=events-1", "--format", "{{.Action}}");

        Assert.Equal(["create", "attach", "start", "die", "destroy"], actions.Split('\n'));
    }

    [RootFact]
    public async Task What_cannot_be_is_refused_in_one_line_and_leaves_nothing()
    {
        await node.DockerAsync("run", "-d", "--name", "taken-1", "-p", "18080:80", LoneDaemon.Image, "sleep", "100");

        await RefusedAsync(125, "is already in use by container", "run", "--name", "taken-1", LoneDaemon.Image, "true");
        await RefusedAsync(125, "port is already allocated", "run", "--rm", "-p", "18080:80", LoneDaemon.Image, "true");
        await RefusedAsync(127, "executable file not found", "run", "--rm", LoneDaemon.Image, "nosuch");
        await RefusedAsync(126, "permission denied", "run", "--rm", LoneDaemon.Image, "/etc");
        await RefusedAsync(125, "network nosuch not found", "run", "--rm", "--network", "nosuch", LoneDaemon.Image, "true");
        await RefusedAsync(1, "No such container: nosuch", "start", "nosuch");
        await RefusedAsync(1, "container is running", "rm", "taken-1");

        await node.DockerAsync("rm", "-f", "taken-1");
        Assert.Empty(await node.DockerAsync("ps", "-aq", "--filter", "status=created"));
    }

    private async Task RefusedAsync(int exitCode, string words, params string[] arguments)
    {
        var result = await node.TryDockerAsync(arguments);
        Assert.Equal(exitCode, result.ExitCode);
        Assert.Contains(words, result.Error);
    }
}
