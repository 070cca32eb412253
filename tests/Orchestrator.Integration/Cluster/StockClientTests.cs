using Orchestrator.Integration.Support;
using Orchestrator.Testing;
using Xunit.Abstractions;

namespace Orchestrator.Integration.Cluster;

/// <summary>The docker command that is on PATH (28 where it is, else Debian's) drives the cluster unchanged.</summary>
[Collection(TestbedCollection.Name)]
public sealed class StockClientTests(Testbed testbed, ITestOutputHelper output)
{
    [RootFact]
    public async Task The_docker_client_lists_nodes_runs_containers_and_keeps_services()
    {
        output.WriteLine(await DockerAsync("m1", "--version"));
        Assert.Contains("1.4", await DockerAsync("m1", "version", "--format", "{{.Server.APIVersion}}"), StringComparison.Ordinal);
        Assert.Equal("active true", await DockerAsync(
            "m1", "info", "--format", "{{.Swarm.LocalNodeState}} {{.Swarm.ControlAvailable}}"));

        var nodes = await DockerAsync("m2", "node", "ls", "--format", "{{.Hostname}} {{.Status}} {{.ManagerStatus}}");
        Assert.Equal(5, nodes.Split('\n').Length);
        Assert.Single(nodes.Split('\n'), l => l.EndsWith("Ready Leader", StringComparison.Ordinal));

        Assert.Equal("hello", await DockerAsync("w1", "run", "--rm", Testbed.WebImage, "echo", "hello"));
        Assert.Equal("", await DockerAsync("w1", "ps", "-aq"));

        await DockerAsync("m3", "service", "create", "--name", "stock", "--replicas", "2", "-p", "8090:80", Testbed.WebImage);
        try
        {
            Assert.Equal("stock 2/2", await DockerAsync("m1", "service", "ls", "--format", "{{.Name}} {{.Replicas}}"));
            var tasks = await DockerAsync("m1", "service", "ps", "stock", "--format", "{{.Name}} {{.DesiredState}} {{.CurrentState}}");
            Assert.All(tasks.Split('\n'), l => Assert.Contains("Running Running", l, StringComparison.Ordinal));

            await DockerAsync("m1", "service", "scale", "stock=3");
            Assert.Equal("stock 3/3", await DockerAsync("m1", "service", "ls", "--format", "{{.Name}} {{.Replicas}}"));
            Assert.Contains("line 1", await DockerAsync("m1", "service", "logs", "stock"), StringComparison.Ordinal);
            Assert.Contains("Name:", await DockerAsync("m1", "service", "inspect", "--pretty", "stock"), StringComparison.Ordinal);
        }
        finally
        {
            await testbed.RemoveServiceAsync("stock");
        }
    }

    [RootFact]
    public async Task The_docker_client_makes_a_segment_of_the_world_outside_the_cluster_s_and_services_meet_there()
    {
        foreach (var host in Testbed.Hosts)
            await DockerAsync(host, "network", "create", "--config-only", "--subnet", "192.0.2.0/24", "--gateway", "192.0.2.254",
                "--ip-range", "192.0.2.128/25", "-o", "parent=eth0", "lan-config");
        await DockerAsync("m1", "network", "create", "-d", "macvlan", "--scope", "swarm", "--config-from", "lan-config", "lan");
        try
        {
            await DockerAsync("m2", "service", "create", "--name", "outside", "--replicas", "2", "--replicas-max-per-node", "1",
                "--network", "lan", "--endpoint-mode", "dnsrr", Testbed.WebImage);

            Assert.Equal("macvlan swarm", await DockerAsync("m2", "network", "inspect", "lan", "-f", "{{.Driver}} {{.Scope}}"));
            // A host that runs none of them is a stranger on the wire, as any machine there is.
            var stranger = Testbed.Hosts.Except(await testbed.NodesOfAsync("outside")).First();
            foreach (var address in (string[])["192.0.2.128", "192.0.2.129"])
                await testbed.AnswersAsync(stranger, $"http://{address}/");
        }
        finally
        {
            await testbed.RemoveServiceAsync("outside");
            await NetworkGoesAsync("m1", "lan");
            foreach (var host in Testbed.Hosts)
                await NetworkGoesAsync(host, "lan-config");
        }
    }

    /// <summary>A host hears in its own time that nothing needs it any more.</summary>
    private Task NetworkGoesAsync(string host, string name) => Eventually.HoldsAsync(
        $"network {name} on {host} can be removed", TimeSpan.FromSeconds(20),
        async () => (await testbed.TryExecAsync(host, "docker", "network", "rm", name)).Error, error => error.Length == 0);

    private Task<string> DockerAsync(string host, params string[] arguments) =>
        testbed.ExecAsync(host, ["docker", .. arguments]);
}
