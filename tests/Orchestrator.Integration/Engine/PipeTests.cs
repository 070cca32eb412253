using Orchestrator.Integration.Support;
using Orchestrator.Testing;

namespace Orchestrator.Integration.Engine;

/// <summary>Pipework's command line from the program to the kernel, and networks on a card, by the stock client.</summary>
[Collection(LoneDaemonCollection.Name)]
public sealed class PipeTests(LoneDaemon node)
{
    [RootFact]
    public async Task A_pipe_outlives_the_daemon_and_restarts_of_its_container_and_goes_with_it()
    {
        await node.DockerAsync("run", "-d", "--name", "pipe-a", LoneDaemon.Image, "sleep", "100");
        await node.DockerAsync("run", "-d", "--name", "pipe-b", LoneDaemon.Image, "sleep", "100");
        await OrchAsync("network", "pipe", "br7", "pipe-a", "192.168.77.1/24");
        await OrchAsync("network", "pipe", "br7", "-i", "eth2", "-l", "hostapp1", "pipe-b", "192.168.77.2/24@192.168.77.254", "U:b");
        await OrchAsync("network", "wait", "-i", "eth2", "-t", "10", "pipe-b");
        await ReachesAsync("pipe-a", "192.168.77.2");

        await node.KillAsync("KILL");
        await node.StartAsync();
        await node.DockerAsync("restart", "-t", "0", "pipe-b");

        await ReachesAsync("pipe-a", "192.168.77.2");
        Assert.Contains("default via 192.168.77.254 dev eth2", await OrchAsync("network", "pipe", "route", "pipe-b"));
        Assert.Equal("pipe-a eth1 br7 192.168.77.1/24 up", (await OrchAsync(
            "network", "pipe", "ls", "--format", "{{.Container}} {{.Interface}} {{.HostInterface}} {{.Address}} {{.State}}"))
            .Split('\n').Single(line => line.StartsWith("pipe-a ", StringComparison.Ordinal)));
        await OrchAsync("network", "pipe", "rm", "pipe-a");
        Assert.NotEqual(0, await PingAsync("pipe-a", "192.168.77.2"));
        await node.DockerAsync("rm", "-f", "pipe-a", "pipe-b");
        Assert.NotEqual(0, (await node.InsideAsync("ip link show br7")).ExitCode);
        Assert.DoesNotContain("pipe-b", await OrchAsync("network", "pipe", "ls"));
    }

    [RootFact]
    public async Task What_cannot_be_is_one_line_that_names_it()
    {
        await node.DockerAsync("run", "-d", "--name", "pipe-h", "--network", "host", LoneDaemon.Image, "sleep", "100");

        var host = await node.TryAsync("orch", "network", "pipe", "br7", "pipe-h", "192.168.77.1/24");
        var mask = await node.TryAsync("orch", "network", "pipe", "br7", "pipe-h", "192.168.77.1");
        var none = await node.TryAsync("orch", "network", "pipe", "br7", "nobody-here", "192.168.77.1/24");

        Assert.Contains("is in the host's network", host.Error, StringComparison.Ordinal);
        Assert.Contains("Maybe you meant 192.168.77.1/24 ?", mask.Error, StringComparison.Ordinal);
        Assert.Contains("No such container: nobody-here", none.Error, StringComparison.Ordinal);
        await node.DockerAsync("rm", "-f", "pipe-h");
    }

    [RootFact]
    public async Task The_stock_client_puts_containers_onto_a_card()
    {
        await node.InsideAsync("ip link add lan0 type veth peer name lan1; ip link set lan0 up; ip link set lan1 up");
        await node.DockerAsync(
            "network", "create", "-d", "macvlan", "--subnet", "10.88.0.0/24", "--gateway", "10.88.0.1", "--ip-range",
            "10.88.0.128/25", "--aux-address", "router=10.88.0.128", "-o", "parent=lan0", "lan");
        await node.DockerAsync("run", "-d", "--name", "lan-a", "--network", "lan", LoneDaemon.Image, "sleep", "100");
        await node.DockerAsync("run", "-d", "--name", "lan-b", "--network", "lan", "-p", "8088:80", LoneDaemon.Image, "sleep", "100");

        Assert.Equal("10.88.0.129", await node.DockerAsync(
            "inspect", "-f", "{{.NetworkSettings.Networks.lan.IPAddress}}", "lan-a"));
        await ReachesAsync("lan-b", "lan-a");
        Assert.Contains("10.88.0.128", await node.DockerAsync("network", "inspect", "lan"));
        var mode = await node.TryDockerAsync("network", "create", "-d", "macvlan", "-o", "macvlan_mode=loud", "-o", "parent=lan0", "lan2");
        Assert.Contains("requested macvlan mode 'loud' is not valid", mode.Error, StringComparison.Ordinal);
        await node.DockerAsync("rm", "-f", "lan-a", "lan-b");
        await node.DockerAsync("network", "rm", "lan");
        await node.InsideAsync("ip link del lan0");
    }

    private async Task<string> OrchAsync(params string[] words)
    {
        var result = await node.TryAsync("orch", words);
        Assert.True(result.ExitCode == 0, result.Error);
        return result.Output;
    }

    private Task ReachesAsync(string container, string address) => Eventually.HoldsAsync(
        $"{container} reaches {address}", TimeSpan.FromSeconds(20), async () => await PingAsync(container, address) == 0);

    private async Task<int> PingAsync(string container, string address) => (await node.TryDockerAsync(
        "exec", container, "busybox", "timeout", "3", "busybox", "ping", "-c", "1", "-W", "2", address)).ExitCode;
}
