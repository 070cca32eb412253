using Orchestrator.Integration.Support;
using Orchestrator.Testing;

namespace Orchestrator.Integration.Engine;

/// <summary>A cluster of one node, whose tasks check themselves.</summary>
public sealed class ServiceHealthTests : IAsyncLifetime
{
    private readonly LoneDaemon node = new();

    public async Task InitializeAsync()
    {
        await node.InitializeAsync();
        if (Environment.IsPrivilegedProcess)
            await node.DockerAsync("swarm", "init", "--advertise-addr", "127.0.0.1");
    }

    public Task DisposeAsync() => node.DisposeAsync();

    [RootFact]
    public async Task A_task_runs_once_its_check_passes_and_fails_once_it_passes_no_more()
    {
        await node.DockerAsync(
            "service", "create", "-d", "-q", "--name", "web", "--restart-delay", "1h", "--stop-grace-period", "0s",
            "--health-cmd", "until [ -e /tmp/state ]; do sleep 0.1; done; case $(cat /tmp/state) in well) exit 0;; *) exit 1;; esac", "--health-interval", "100ms",
            "--health-retries", "20", LoneDaemon.Image, "sleep", "100");
        await ReachAsync("Starting");
        var container = "";
        await Eventually.HoldsAsync(
            "its container is up", TimeSpan.FromSeconds(20),
            async () => container = await node.DockerAsync("ps", "-q", "--filter", "health=starting"), id => id.Length > 0);

        await node.DockerAsync("exec", container, "sh", "-c", "echo well >/tmp/state");
        await ReachAsync("Running");

        await node.DockerAsync("exec", container, "sh", "-c", "echo unwell >/tmp/state");
        Assert.Contains("unhealthy container", await ReachAsync("Failed"));
        await node.DockerAsync("service", "rm", "web");
    }

    private async Task<string> ReachAsync(string state)
    {
        var all = "";
        await Eventually.HoldsAsync(
            $"a task is {state}", TimeSpan.FromSeconds(20),
            async () => all = await node.DockerAsync("service", "ps", "web", "--format", "{{.CurrentState}}: {{.Error}}"),
            text => text.Contains(state, StringComparison.Ordinal));
        return all;
    }
}
