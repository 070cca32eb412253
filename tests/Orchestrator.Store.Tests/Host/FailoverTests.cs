using System.Diagnostics;
using Orchestrator.Testing;
using Xunit.Abstractions;

namespace Orchestrator.Store.Tests.Host;

[CollectionDefinition(nameof(FailoverTests), DisableParallelization = true)]
[Collection(nameof(FailoverTests))] // Measures the product, not the tests beside it.
public sealed class FailoverTests(ITestOutputHelper output)
{
    /// <summary>The product's own deadline, with the settings it ships with; what is measured is printed.</summary>
    [Fact]
    public async Task A_dead_leader_is_replaced_within_two_seconds_as_a_rule_and_four_at_worst()
    {
        await using var cluster = await RaftCluster.StartAsync(
            ["a", "b", "c"], options => options with { Tick = new Store.Host.RaftHostOptions { Directory = "" }.Tick });
        using var stalls = new MachineStalls();
        var times = new List<double>();
        for (var i = 0; i < 5; i++)
        {
            await cluster.WriteAsync($"before {i}");
            var leader = await cluster.LeaderAsync();
            var (killed, before) = (Stopwatch.StartNew(), stalls.Lost);
            cluster.Network.Isolate(cluster[leader].Self.RaftId);
            await cluster.StopAsync(leader);
            await cluster.WriteAsync($"after {i}");
            times.Add((killed.Elapsed - (stalls.Lost - before)).TotalMilliseconds);
            cluster.Network.Heal();
            cluster.Restart(leader);
        }

        output.WriteLine($"from the leader's death to the next committed write: {string.Join(", ", times.Select(t => $"{t:0}"))} ms, without the machine's stalls");
        times.Sort();
        Assert.InRange(times[2], 0, 2000);
        Assert.InRange(times[4], 0, 4000);
    }
}
