using Orchestrator.Integration.Support;
using Orchestrator.Testing;
using Xunit.Abstractions;

namespace Orchestrator.Integration.Cluster;

[Collection(TestbedCollection.Name)]
public sealed class ServiceTests(Testbed testbed, ITestOutputHelper output)
{
    [RootFact]
    public async Task Replicas_on_three_hosts_reach_one_another_by_address_by_container_name_and_by_service_name()
    {
        await testbed.OrchAsync("m1", "network", "create", "-d", "overlay", "back");
        try
        {
            await testbed.OrchAsync(
                "m1", "service", "create", "--name", "reach", "--replicas", "3", "--network", "back",
                "--replicas-max-per-node", "1", Testbed.WebImage);
            var tasks = await TasksAsync("reach");
            Assert.Equal(3, tasks.Select(t => t.Host).Distinct().Count());

            foreach (var from in tasks)
            {
                foreach (var to in tasks)
                {
                    // That a task runs the managers know first, and every other host a little later.
                    foreach (var url in (string[])[$"http://{to.Address}/", $"http://{to.Name}/"])
                    {
                        await Eventually.HoldsAsync(
                            $"{from.Name} reaches {url}", TimeSpan.FromSeconds(20), () => TryInsideAsync(from, url),
                            page => page == to.Hostname);
                    }
                }

                var answers = new HashSet<string>();
                for (var i = 0; i < 20; i++)
                    answers.Add(await InsideAsync(from, "http://reach/"));
                output.WriteLine($"from {from.Name}: {string.Join(' ', answers)}");
                Assert.Equal(3, answers.Count);
                Assert.Equal(
                    tasks.Select(t => t.Address).Order(StringComparer.Ordinal),
                    (await ResolveAsync(from, "tasks.reach")).Order(StringComparer.Ordinal));
            }
        }
        finally
        {
            await testbed.RemoveServiceAsync("reach");
            await testbed.TryOrchAsync("m1", "network", "rm", "back");
        }
    }

    [RootFact]
    public async Task A_service_in_the_hosts_network_answers_at_the_hosts_own_ports()
    {
        await testbed.OrchAsync(
            "m1", "service", "create", "--name", "node", "--constraint", "node.hostname==w2", "--network", "host",
            "--stop-grace-period", "1s", Testbed.WebImage);
        var url = $"http://{Testbed.Address("w2")}/";
        try
        {
            await testbed.AnswersAsync("w1", url);
            Assert.Equal(
                "host", await testbed.OrchAsync("m2", "service", "inspect", "-f",
                    "{{range .Spec.TaskTemplate.Networks}}{{.Target}}{{end}}", "node"));

            await testbed.OrchAsync("m2", "service", "update", "--network-rm", "host", "--publish-add", "8086:80", "node");
            Assert.Equal("", await testbed.FetchAsync("w1", url));
        }
        finally
        {
            await testbed.RemoveServiceAsync("node");
        }
    }

    [RootFact]
    public async Task A_published_port_answers_on_all_five_hosts_and_spreads_over_the_replicas()
    {
        await testbed.OrchAsync(
            "m1", "service", "create", "--name", "web", "--replicas", "3", "-p", "8080:80", Testbed.WebImage);
        try
        {
            foreach (var host in Testbed.Hosts)
            {
                var answers = new Dictionary<string, int>();
                await Eventually.HoldsAsync(
                    $"port 8080 of {host} leads to three replicas", TimeSpan.FromSeconds(20),
                    async () =>
                    {
                        var page = await testbed.FetchAsync(host, $"http://{Testbed.Address(host)}:8080/");
                        if (page.Length > 0)
                            answers[page] = answers.GetValueOrDefault(page) + 1;
                        return answers.Count == 3;
                    });
                await testbed.AnswersAsync(host, "http://127.0.0.1:8080/");
            }
        }
        finally
        {
            await testbed.RemoveServiceAsync("web");
        }
    }

    private sealed record Replica(string Host, string Name, string Hostname, string Address);

    private async Task<List<Replica>> TasksAsync(string service)
    {
        var found = new List<Replica>();
        foreach (var host in Testbed.Hosts)
        {
            var names = await testbed.OrchAsync(
                host, "ps", "--filter", $"label=com.docker.swarm.service.name={service}", "--format", "{{.Names}}");
            foreach (var name in names.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                var hostname = await testbed.OrchAsync(host, "exec", name, "hostname");
                var address = await testbed.OrchAsync(
                    host, "inspect", "--format", "{{.NetworkSettings.Networks.back.IPAddress}}", name);
                found.Add(new(host, name, hostname, address));
            }
        }

        return found;
    }

    private Task<string> InsideAsync(Replica from, string url) =>
        testbed.OrchAsync(from.Host, "exec", from.Name, "wget", "-q", "-O-", url);

    /// <summary>Empty while nobody answers.</summary>
    private async Task<string> TryInsideAsync(Replica from, string url) =>
        (await testbed.TryOrchAsync(from.Host, "exec", from.Name, "wget", "-q", "-O-", url)).Output;

    private async Task<IEnumerable<string>> ResolveAsync(Replica from, string name)
    {
        var answer = await testbed.OrchAsync(from.Host, "exec", from.Name, "nslookup", name);
        // After the resolver's own two lines, every answer is a line "Address: A" (or "Address 1: A NAME").
        return answer.Split('\n').Skip(2).Where(l => l.StartsWith("Address", StringComparison.Ordinal))
            .Select(l => l.Split(": ", 2)[1].Split(' ')[0]);
    }
}
