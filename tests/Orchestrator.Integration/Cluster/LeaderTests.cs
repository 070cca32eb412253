using System.Diagnostics;
using System.Globalization;
using Orchestrator.Integration.Support;
using Orchestrator.Testing;
using Xunit.Abstractions;

namespace Orchestrator.Integration.Cluster;

[Collection(TestbedCollection.Name)]
public sealed class LeaderTests(Testbed testbed, ITestOutputHelper output)
{
    private string refusal = "";

    /// <summary>A loop of updates goes on while the leader is killed five times; what was acknowledged must be there.</summary>
    [RootFact]
    public async Task Writes_are_accepted_again_within_seconds_of_a_leaders_death_and_none_acknowledged_is_lost()
    {
        await testbed.OrchAsync(
            "m1", "service", "create", "-d", "--name", "writes", "--replicas", "0", "--label", "n=0", Testbed.WebImage);
        try
        {
            var gaps = new List<TimeSpan>();
            using var stalls = new MachineStalls();
            var acknowledged = 0;
            for (var round = 0; round < 5; round++)
            {
                var leader = "";
                await Eventually.HoldsAsync(
                    "a leader", TimeSpan.FromSeconds(20), testbed.LeaderAsync, found => (leader = found).Length > 0);
                var survivor = Testbed.Managers.First(m => m != leader);
                acknowledged = await WriteAsync(survivor, acknowledged + 1) ?? throw new InvalidOperationException(
                    $"before {leader} is killed, {survivor} takes no write: {refusal}");

                await testbed.CommandAsync("kill", "--daemon", leader);
                var (clock, before) = (Stopwatch.StartNew(), stalls.Lost);
                int? next = null;
                while (next is null)
                {
                    Assert.True(
                        clock.Elapsed - (stalls.Lost - before) < TimeSpan.FromSeconds(15),
                        $"no write for {clock.Elapsed} after {leader} died");
                    next = await WriteAsync(survivor, acknowledged + 1);
                }

                // What the machine gave to others meanwhile is no doing of the cluster's.
                var lost = stalls.Lost - before;
                output.WriteLine($"{clock.Elapsed}, of which the machine was busy elsewhere for {lost}");
                gaps.Add(clock.Elapsed - lost);
                acknowledged = next.Value;
                Assert.Equal(acknowledged, await ReadAsync(survivor));
                await testbed.CommandAsync("start", leader);
            }

            gaps.Sort();
            output.WriteLine($"gaps: {string.Join(' ', gaps.Select(g => g.TotalSeconds.ToString("F2", CultureInfo.InvariantCulture)))} s");
            foreach (var manager in Testbed.Managers)
            {
                await Eventually.HoldsAsync(
                    $"{manager} reads the last acknowledged write", TimeSpan.FromSeconds(20),
                    async () => await ReadAsync(manager) == acknowledged);
            }

            Assert.True(gaps[gaps.Count / 2] <= TimeSpan.FromSeconds(2), $"median gap {gaps[gaps.Count / 2]}");
            Assert.True(gaps[^1] <= TimeSpan.FromSeconds(4), $"worst gap {gaps[^1]}");
        }
        finally
        {
            await testbed.RemoveServiceAsync("writes");
        }
    }

    /// <summary>Its API answers before its replica of the log stands: who asks in between is told nothing untrue.</summary>
    [RootFact]
    public async Task A_manager_that_just_started_does_as_it_is_told()
    {
        var answers = 0;
        for (var round = 0; round < 6; round++)
        {
            await testbed.CommandAsync("kill", "--daemon", "m3");
            var start = testbed.CommandAsync("start", "m3");
            while (!start.IsCompleted)
            {
                var result = await testbed.TryOrchAsync("m3", "service", "ls");
                // Else nobody listens yet, or the one that was killed is not wholly gone.
                Assert.DoesNotContain("Error response from daemon", result.Error, StringComparison.Ordinal);
                answers += result.ExitCode == 0 ? 1 : 0;
            }

            await start;
        }

        Assert.NotEqual(0, answers);
    }

    /// <summary>The number, once acknowledged; null when refused or unknown.</summary>
    private async Task<int?> WriteAsync(string at, int number)
    {
        var result = await testbed.TryOrchAsync(
            at, "service", "update", "-d", "--label-add", $"n={number}", "writes");
        refusal = result.Error;
        return result.ExitCode == 0 ? number : null;
    }

    private async Task<int> ReadAsync(string at)
    {
        var result = await testbed.TryOrchAsync(
            at, "service", "inspect", "--format", "{{index .Spec.Labels \"n\"}}", "writes");
        return int.TryParse(result.Output, out var number) ? number : -1;
    }
}
