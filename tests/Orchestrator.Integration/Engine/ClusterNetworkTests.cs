using Orchestrator.Integration.Support;
using Orchestrator.Testing;

namespace Orchestrator.Integration.Engine;

/// <summary>Networks of a cluster of one node.</summary>
public sealed class ClusterNetworkTests : IAsyncLifetime
{
    private readonly LoneDaemon node = new();

    public async Task InitializeAsync()
    {
        await node.InitializeAsync();
        if (Environment.IsPrivilegedProcess)
            await node.DockerAsync("swarm", "init", "--advertise-addr", "127.0.0.1");
    }

    public Task DisposeAsync() => node.DisposeAsync();

    [RootTheory]
    [InlineData("network")]
    [InlineData("system")]
    public async Task Prune_takes_the_clusters_networks_that_nobody_uses(string what)
    {
        foreach (var name in new[] { "idle", "spared", "served", "joined" })
            await node.DockerAsync("network", "create", "-d", "overlay", "--attachable", "--label", name, name);
        await node.DockerAsync("network", "create", "own");
        await node.DockerAsync("service", "create", "-d", "-q", "--name", "web", "--network", "served", LoneDaemon.Image, "sleep", "100");
        await node.DockerAsync("run", "-d", "--name", "solo", "--network", "joined", LoneDaemon.Image, "sleep", "100");

        var said = await node.TryAsync("orch", what, "prune", "-f", "--filter", "label!=spared");

        Assert.Equal("", said.Error);
        Assert.Equal(["Deleted Networks:", "idle", "own"], said.Lines.Take(3));
        Assert.Equal(
            ["ingress", "joined", "served", "spared"],
            (await node.DockerAsync("network", "ls", "--filter", "scope=swarm", "--format", "{{.Name}}")).Split('\n').Order());
        await node.DockerAsync("service", "rm", "web");
    }
}
