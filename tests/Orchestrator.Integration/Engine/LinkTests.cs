using Orchestrator.Integration.Support;
using Orchestrator.Testing;

namespace Orchestrator.Integration.Engine;

/// <summary>docker's old way for containers to find each other.</summary>
[Collection(LoneDaemonCollection.Name)]
public sealed class LinkTests(LoneDaemon node)
{
    [RootFact]
    public async Task A_linked_container_is_known_by_alias_variables_and_stays_known_when_it_moves()
    {
        await node.DockerAsync("run", "-d", "--name", "link-db", "--expose", "5432", "-e", "USER=app", LoneDaemon.Image, "sleep", "100");
        await node.DockerAsync("run", "-d", "--name", "link-web", "--link", "link-db:db", LoneDaemon.Image, "sleep", "100");

        var address = await AddressAsync();
        var told = await node.DockerAsync("exec", "link-web", "sh", "-c", "echo $DB_PORT $DB_NAME $DB_ENV_USER");
        Assert.Equal($"tcp://{address}:5432 /link-web/db app", told);
        Assert.Equal("[/link-db:/link-web/db]", await node.DockerAsync("inspect", "-f", "{{.HostConfig.Links}}", "link-web"));

        await node.DockerAsync("run", "-d", "--name", "link-between", LoneDaemon.Image, "sleep", "100");
        await node.DockerAsync("restart", "-t", "0", "link-db");
        var moved = await AddressAsync();
        Assert.NotEqual(address, moved);
        Assert.Contains($"{moved}\tdb ", await node.DockerAsync("exec", "link-web", "cat", "/etc/hosts"));

        await node.DockerAsync("rm", "--link", "link-web/db");
        // With what is about it, for a host's name is an id in hexadecimal.
        Assert.DoesNotContain("\tdb ", await node.DockerAsync("exec", "link-web", "cat", "/etc/hosts"));
        await node.DockerAsync("rm", "-f", "link-db", "link-web", "link-between");

        Task<string> AddressAsync() => node.DockerAsync("inspect", "-f", "{{.NetworkSettings.IPAddress}}", "link-db");
    }

    [RootFact]
    public async Task On_a_network_of_ones_own_a_link_is_a_name_for_one_container_alone()
    {
        await node.DockerAsync("network", "create", "link-net");
        await node.DockerAsync("run", "-d", "--name", "link-a", "--network", "link-net", LoneDaemon.Image, "sleep", "100");
        await node.DockerAsync(
            "run", "-d", "--name", "link-b", "--network", "link-net", "--link", "link-a:other", "--dns", "127.0.0.1",
            LoneDaemon.Image, "sleep", "100");

        await Eventually.HoldsAsync(
            "the name is known", TimeSpan.FromSeconds(20), async () => (await LookUpAsync("link-b")).ExitCode == 0);
        Assert.NotEqual(0, (await LookUpAsync("link-a")).ExitCode);
        await node.DockerAsync("rm", "-f", "link-a", "link-b");
        await node.DockerAsync("network", "rm", "link-net");

        Task<ShellResult> LookUpAsync(string container) =>
            node.TryDockerAsync("exec", container, "busybox", "timeout", "2", "busybox", "nslookup", "other", "127.0.0.11");
    }
}
