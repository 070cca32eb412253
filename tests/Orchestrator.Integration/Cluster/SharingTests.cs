using Orchestrator.Integration.Support;
using Orchestrator.Testing;
using Xunit.Abstractions;

namespace Orchestrator.Integration.Cluster;

/// <summary>One manager and four workers, which the other two managers become for the while.</summary>
[Collection(TestbedCollection.Name)]
public sealed class SharingTests(Testbed testbed, ITestOutputHelper output)
{
    private const string Image = "registry.orch:5000/ballast:1";
    private const int Ballast = 30 << 20;
    private const string FromRegistry = "orchestrator_images_pulled_bytes_total{from=\"registry\"}";
    private const string FromPeers = "orchestrator_images_pulled_bytes_total{from=\"peer\"}";
    private const string Served = "orchestrator_registry_served_bytes_total";
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    [RootFact]
    public async Task Four_workers_cost_the_registry_one_copy_and_a_damaged_one_among_them_does_no_harm()
    {
        var leader = "";
        await Eventually.HoldsAsync("a leader", Soon, testbed.LeaderAsync, found => (leader = found).Length > 0);
        var others = Testbed.Managers.Where(m => m != leader).ToArray();
        string[] workers = [.. others, .. Testbed.Workers];
        await RolesAsync(leader, "demote", others, isManager: false);
        try
        {
            await testbed.PushImageAsync(leader, Image, Ballast);
            await PullByServiceAsync(leader, workers);
            await PullFromDamagedAsync(leader, workers);
        }
        finally
        {
            foreach (var host in workers)
                await ForgetAsync(host);
            await RolesAsync(leader, "promote", others, isManager: true);
        }
    }

    private async Task PullByServiceAsync(string leader, string[] workers)
    {
        var before = await CountAsync(leader, workers);
        await testbed.OrchAsync(
            leader, "service", "create", "--name", "ballast", "--mode", "global", "--stop-grace-period", "0s", Image);
        await testbed.RemoveServiceAsync("ballast", leader);
        var after = await CountAsync(leader, workers);

        output.WriteLine($"before {before}, after {after}");
        Assert.InRange(after.Served - before.Served, Ballast, 2L * Ballast);
        Assert.InRange(after.Registry - before.Registry, Ballast, 2L * Ballast);
        Assert.True(after.Peers - before.Peers >= 2L * Ballast, "peers gave less than two copies of four");
        foreach (var host in workers)
            await testbed.OrchAsync(host, "system", "check");
    }

    /// <summary>Whoever the last worker is sent to, its copy is not what it was.</summary>
    private async Task PullFromDamagedAsync(string leader, string[] workers)
    {
        var reader = workers[^1];
        await ForgetAsync(reader);
        foreach (var host in workers[..^1])
        {
            await testbed.ExecAsync(host, "sh", "-c",
                "cd /var/lib/orch/content/blobs/sha256 && printf x | "
                + "dd of=$(ls -S | head -n 1) bs=1 seek=20000000 conv=notrunc 2>/dev/null");
        }

        await testbed.OrchAsync(reader, "pull", Image);

        output.WriteLine($"then {await CountAsync(leader, [reader])}");
        await testbed.OrchAsync(reader, "system", "check");
        Assert.Contains("gave node", await testbed.CommandAsync("log", leader), StringComparison.Ordinal);
        Assert.NotEqual(0, (await testbed.TryOrchAsync(workers[0], "system", "check")).ExitCode);
    }

    private sealed record Counts(long Served, long Registry, long Peers);

    private async Task<Counts> CountAsync(string leader, string[] workers)
    {
        var (registry, peers) = (0L, 0L);
        foreach (var host in workers)
        {
            registry += await testbed.CounterAsync(host, FromRegistry);
            peers += await testbed.CounterAsync(host, FromPeers);
        }

        return new(await testbed.CounterAsync(leader, Served), registry, peers);
    }

    /// <summary>A service's image is known by its digest alone.</summary>
    private Task ForgetAsync(string host) => testbed.ExecAsync(
        host, "sh", "-c", "orch images --format '{{.Repository}} {{.ID}}' | sed -n 's/.*ballast //p' | sort -u "
            + "| xargs -r orch rmi -f");

    private async Task RolesAsync(string leader, string verb, string[] hosts, bool isManager)
    {
        await testbed.OrchAsync(leader, ["node", verb, .. hosts]);
        foreach (var host in hosts)
        {
            await Eventually.HoldsAsync(
                $"{host} after node {verb}", Soon,
                async () => (await testbed.TryOrchAsync(host, "info", "--format", "{{.Swarm.ControlAvailable}}")).Output,
                said => said == (isManager ? "true" : "false"));
        }

        if (isManager)
        {
            await Eventually.HoldsAsync(
                "all managers are reachable", Soon,
                () => testbed.OrchAsync(leader, "node", "ls", "--format", "{{.ManagerStatus}}"),
                states => states.Split('\n').Count(s => s is "Leader" or "Reachable") == Testbed.Managers.Count);
        }
    }
}
