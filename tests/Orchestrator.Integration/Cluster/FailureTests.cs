using Orchestrator.Integration.Support;
using Orchestrator.Testing;
using Xunit.Abstractions;

namespace Orchestrator.Integration.Cluster;

[Collection(TestbedCollection.Name)]
public sealed class FailureTests(Testbed testbed, ITestOutputHelper output)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    [RootFact]
    public async Task Tasks_of_a_lost_worker_run_elsewhere_within_ten_seconds_and_the_worker_comes_back_ready()
    {
        await testbed.OrchAsync(
            "m1", "service", "create", "--name", "lost", "--replicas", "5", Testbed.WebImage);
        try
        {
            Assert.Contains("w1", await testbed.NodesOfAsync("lost"));

            await testbed.CommandAsync("kill", "w1");
            using var stalls = new MachineStalls();
            var took = await Eventually.HoldsAsync(
                "five replicas, none on w1", Soon,
                () => testbed.NodesOfAsync("lost"), nodes => nodes.Count == 5 && !nodes.Contains("w1"));
            // What the machine gave to others meanwhile is no doing of the cluster's.
            output.WriteLine($"replaced after {took}, of which the machine was busy elsewhere for {stalls.Lost}");
            Assert.True(took - stalls.Lost <= TimeSpan.FromSeconds(10), $"{took} less {stalls.Lost}");

            await testbed.CommandAsync("start", "w1");
            await NodeIsAsync("w1", "Ready");
            await Eventually.HoldsAsync(
                "what was left on w1 is stopped", Soon,
                () => testbed.OrchAsync("w1", "ps", "-q"), running => running.Length == 0);
        }
        finally
        {
            await StartAllAsync();
            await testbed.RemoveServiceAsync("lost");
        }
    }

    [RootFact]
    public async Task A_daemon_that_is_killed_and_restarted_is_not_noticed_by_its_containers()
    {
        await testbed.OrchAsync("m1", "network", "create", "-d", "overlay", "calmnet");
        await testbed.OrchAsync(
            "m1", "service", "create", "--name", "calm", "--mode", "global", "--network", "calmnet", "-p", "8081:80",
            Testbed.WebImage);
        try
        {
            foreach (var host in new[] { "w2", "m2" })
            {
                var container = await testbed.OrchAsync(
                    host, "ps", "--filter", "label=com.docker.swarm.service.name=calm", "--format", "{{.Names}}");
                var pid = await PidAsync(host, container);

                await testbed.CommandAsync("kill", "--daemon", host);

                await testbed.AnswersAsync(host, "http://127.0.0.1:8081/");
                Assert.Contains("Address", await InsideAsync(host, pid, "export PATH=/bin; nslookup calm"), StringComparison.Ordinal);
                await Task.Delay(1000); // Lines are written meanwhile; none may be lost.
                await testbed.CommandAsync("start", host);

                Assert.Equal(pid, await PidAsync(host, container));
                await NodeIsAsync(host, "Ready");
                await LogHasEveryLineAsync(host, container);
            }
        }
        finally
        {
            await StartAllAsync();
            await testbed.RemoveServiceAsync("calm");
            await testbed.TryOrchAsync("m1", "network", "rm", "calmnet");
        }
    }

    [RootFact]
    public async Task A_cluster_whose_daemons_all_die_at_once_comes_back_without_a_hand()
    {
        await testbed.OrchAsync(
            "m1", "service", "create", "--name", "back", "--replicas", "4", "-p", "8082:80", Testbed.WebImage);
        try
        {
            foreach (var how in new[] { "daemons alone", "daemons and containers" })
            {
                await Task.WhenAll(Testbed.Hosts.Select(host => how == "daemons alone"
                    ? testbed.CommandAsync("kill", "--daemon", host)
                    : testbed.CommandAsync("kill", host)));
                await Task.WhenAll(Testbed.Hosts.Select(host => testbed.CommandAsync("start", host)));

                await Eventually.HoldsAsync(
                    $"a leader after the death of {how}", Soon, testbed.LeaderAsync, leader => leader.Length > 0);
                var took = await testbed.ConvergedAsync("back", 4, TimeSpan.FromSeconds(45));
                output.WriteLine($"{how}: four replicas again after {took.TotalSeconds:F1} s");
                foreach (var host in Testbed.Hosts)
                {
                    await Eventually.HoldsAsync(
                        $"port 8082 of {host}", Soon,
                        () => testbed.FetchAsync(host, "http://127.0.0.1:8082/"), page => page.Length > 0);
                    await NodeIsAsync(host, "Ready");
                }
            }
        }
        finally
        {
            await StartAllAsync();
            await testbed.RemoveServiceAsync("back");
        }
    }

    /// <summary>Whatever a failed test left dead, so that the next one begins with five hosts.</summary>
    private async Task StartAllAsync()
    {
        foreach (var host in Testbed.Hosts)
        {
            if ((await testbed.TryOrchAsync(host, "version")).ExitCode != 0)
                await testbed.TryCommandAsync("start", host);
        }
    }

    private async Task NodeIsAsync(string host, string status) => await Eventually.HoldsAsync(
        $"{host} is {status}", Soon,
        async () => (await testbed.TryOrchAsync("m1", "node", "ls", "--format", "{{.Hostname}} {{.Status}}")).Output,
        nodes => nodes.Split('\n').Contains($"{host} {status}"));

    private async Task<string> PidAsync(string host, string container) =>
        await testbed.OrchAsync(host, "inspect", "--format", "{{.State.Pid}}", container);

    /// <summary>Inside a container without the help of its daemon.</summary>
    private Task<string> InsideAsync(string host, string pid, string command) =>
        testbed.ExecAsync(host, ["nsenter", "-t", pid, "-n", "-m", "-p", "--", "/bin/sh", "-c", command]);

    private async Task LogHasEveryLineAsync(string host, string container)
    {
        var log = await testbed.OrchAsync(host, "logs", container);
        var numbers = log.Split('\n').Where(l => l.StartsWith("line ", StringComparison.Ordinal))
            .Select(l => int.Parse(l[5..], System.Globalization.CultureInfo.InvariantCulture)).ToList();
        Assert.True(numbers.Count > 5, log);
        Assert.Equal(Enumerable.Range(1, numbers.Count), numbers);
    }
}
