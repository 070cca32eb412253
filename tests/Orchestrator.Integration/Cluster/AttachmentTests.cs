using Orchestrator.Integration.Support;
using Orchestrator.Testing;

namespace Orchestrator.Integration.Cluster;

/// <summary>Containers that no service runs, on networks of the cluster, by docker's own client.</summary>
[Collection(TestbedCollection.Name)]
public sealed class AttachmentTests(Testbed testbed)
{
    private const string Image = Testbed.WebImage;
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(15);

    [RootFact]
    public async Task A_container_joins_an_attachable_network_from_any_node_and_is_known_there_by_its_names()
    {
        await DockerAsync("m1", "network create -d overlay --attachable --subnet 10.90.0.0/24 it-mesh");
        try
        {
            await DockerAsync("m2", $"service create -q --name it-web --constraint node.hostname==m2 --network it-mesh {Image}");
            var solo = await DockerAsync("w1", $"run -d --name it-solo --network it-mesh --network-alias lone --ip 10.90.0.77 {Image}");
            var other = await DockerAsync("w2", $"run -d --name it-other {Image}");
            await DockerAsync("w2", "network connect --alias second it-mesh it-other");

            await ReachesAsync("w2", "it-other", "http://it-solo/", page => page == solo[..12]);
            await ReachesAsync("w2", "it-other", "http://lone/", page => page == solo[..12]);
            await ReachesAsync("w1", "it-solo", "http://second/", page => page == other[..12]);
            await ReachesAsync("w1", "it-solo", "http://it-web/", page => page.Length > 0);
            Assert.Equal("10.90.0.77", await AddressAsync("w1", "it-solo"));
            Assert.DoesNotContain("it-solo", await DockerAsync("m1", "node ps w1"), StringComparison.Ordinal);
            Assert.Contains(solo[..12], await BuildAsync("w2", "it-mesh", "RUN wget -q -O- http://it-solo/"), StringComparison.Ordinal);

            await RefusedAsync("w2", $"run --rm --network it-mesh --ip 10.90.0.77 {Image} true", "Address already in use: 10.90.0.77");
            await RefusedAsync("w2", $"run --rm --network it-mesh --ip 10.91.0.1 {Image} true", "10.91.0.1 is no address of network it-mesh");
            await RefusedAsync("w2", $"run --rm --network ingress {Image} true", "not manually attachable");

            await DockerAsync("w1", "restart -t 0 it-solo");
            Assert.Equal("10.90.0.77", await AddressAsync("w1", "it-solo"));
            await DockerAsync("w2", "network disconnect it-mesh it-other");
            await Eventually.HoldsAsync(
                "the name of who left is gone", Soon, () => FetchAsync("w1", "it-solo", "http://second/"), page => page.Length == 0);
        }
        finally
        {
            await testbed.TryExecAsync("w1", "docker", "rm", "-f", "it-solo");
            await testbed.TryExecAsync("w2", "docker", "rm", "-f", "it-other");
            await testbed.RemoveServiceAsync("it-web");
        }

        await NetworkGoesAsync("it-mesh");
    }

    [RootFact]
    public async Task A_container_keeps_its_place_while_its_daemon_is_away_and_gives_it_back_when_it_ends_meanwhile()
    {
        await DockerAsync("m1", "network create -d overlay --attachable it-place");
        try
        {
            await DockerAsync("w1", $"run -d --name it-stays --network it-place {Image}");
            await DockerAsync("w1", $"run -d --name it-goes --network it-place {Image}");
            await DockerAsync("w2", $"run -d --name it-asks --network it-place {Image}");
            var address = await AddressAsync("w1", "it-stays");
            var pid = await DockerAsync("w1", "inspect -f {{.State.Pid}} it-goes");

            await testbed.CommandAsync("kill", "--daemon", "w1");
            await testbed.ExecAsync("w1", "kill", "-9", pid);
            await testbed.CommandAsync("start", "w1");

            await Eventually.HoldsAsync(
                "the one that ended has no place", Soon, () => FetchAsync("w2", "it-asks", "http://it-goes/"), page => page.Length == 0);
            Assert.Equal(address, await AddressAsync("w1", "it-stays"));
            await Eventually.HoldsAsync(
                "the other is reached", Soon, () => FetchAsync("w2", "it-asks", "http://it-stays/"), page => page.Length > 0);
            await RefusedAsync("m1", "network rm it-place", "is in use by container it-");
        }
        finally
        {
            await testbed.TryExecAsync("w1", "docker", "rm", "-f", "it-stays", "it-goes");
            await testbed.TryExecAsync("w2", "docker", "rm", "-f", "it-asks");
        }

        await NetworkGoesAsync("it-place");
    }

    private Task<string> DockerAsync(string host, string arguments) =>
        testbed.ExecAsync(host, ["docker", .. arguments.Split(' ')]);

    /// <returns>What the build printed.</returns>
    private Task<string> BuildAsync(string host, string network, string step) => testbed.ExecAsync(
        host, "sh", "-c", $"printf 'FROM {Image}\n{step}\n' | orch build --progress plain --no-cache --network {network} - 2>&1");

    private Task<string> AddressAsync(string host, string container) => testbed.ExecAsync(
        host, "docker", "inspect", "-f", "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}", container);

    /// <summary>Empty while nobody answers.</summary>
    private async Task<string> FetchAsync(string host, string container, string url)
    {
        var result = await testbed.TryExecAsync(
            host, "timeout", "5", "docker", "exec", container, "wget", "-q", "-O-", url);
        return result.ExitCode == 0 ? result.Output.Trim() : "";
    }

    /// <summary>Other hosts hear in their own time of who has joined.</summary>
    private Task ReachesAsync(string host, string container, string url, Func<string, bool> satisfies) => Eventually.HoldsAsync(
        $"{container} reaches {url}", Soon, () => FetchAsync(host, container, url), satisfies);

    private async Task RefusedAsync(string host, string arguments, string why)
    {
        var result = await testbed.TryExecAsync(host, ["docker", .. arguments.Split(' ')]);
        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains(why, result.Error, StringComparison.Ordinal);
    }

    /// <summary>Nobody is left on it.</summary>
    private Task NetworkGoesAsync(string name) => Eventually.HoldsAsync(
        $"network {name} can be removed", Soon, async () => (await testbed.TryExecAsync("m1", "docker", "network", "rm", name)).Error,
        error => error.Length == 0);
}
