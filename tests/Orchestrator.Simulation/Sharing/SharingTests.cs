using System.Globalization;
using Xunit.Abstractions;

namespace Orchestrator.Simulation.Sharing;

/// <summary>Fifty nodes pull an image of 400 MB: what it costs the registry, and that all of them get it.</summary>
public sealed class SharingTests(ITestOutputHelper output)
{
    private const double Limit = 1200;

    /// <summary>
    /// Each with what the registry may give, in copies of the image, and how long the last quick node may take. A node
    /// that lies costs one more copy, and another for each manager that has to find it out.
    /// </summary>
    private static readonly (SharingScenario Scenario, double Copies, double Seconds)[] Scenarios =
    [
        (new("all at once"), 1.05, 10),
        (new("over a minute") { StartSeconds = 60 }, 1.05, 70),
        (new("all at once, a tenth crash") { Crashing = 5 }, 1.5, 20),
        (new("over a minute, a tenth crash") { StartSeconds = 60, Crashing = 5, CrashSeconds = 60 }, 1.5, 80),
        (new("a tenth is slow") { Slow = 5 }, 1.5, 40),
        (new("two that have it have it damaged") { Liars = 2 }, 2.05, 20),
        (new("the manager is another after five seconds") { TrackerLossSeconds = 5 }, 1.5, 20),
        (new("all of it") { StartSeconds = 20, Crashing = 5, Slow = 5, Liars = 2, TrackerLossSeconds = 9 }, 5, 60),
    ];

    public static TheoryData<string> Names => [.. Scenarios.Select(s => s.Scenario.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Fifty_nodes_cost_the_registry_about_one_copy_and_every_survivor_has_the_image(string name)
    {
        var (scenario, copies, seconds) = Scenarios.Single(s => s.Scenario.Name == name);
        for (var seed = 1; seed <= 2; seed++)
        {
            var simulation = Run(scenario, seed);
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"seed {seed}: {simulation.Copies:F2} copies from the registry, {simulation.PeerBytes / 1e9:F1} GB from "
                + $"peers, the last at {simulation.QuickEndedAt:F1} s, slow ones {simulation.EndedAt:F1} s, "
                + $"{simulation.MostBranches} branches"));

            Assert.All(simulation.Survivors, peer => Assert.NotNull(peer.EndedAt));
            Assert.InRange(simulation.Copies, 0.99, copies);
            Assert.InRange(simulation.QuickEndedAt, 0, seconds);
            Assert.InRange(simulation.MostBranches, 1, scenario.Slow > 0 ? 12 : 4);
        }
    }

    [Fact]
    public void Two_runs_of_one_seed_are_the_same_run()
    {
        var all = Scenarios[^1].Scenario;

        var (first, second) = (Run(all, 7), Run(all, 7));

        Assert.Equal((first.RegistryBytes, first.EndedAt), (second.RegistryBytes, second.EndedAt));
        Assert.NotEqual(first.RegistryBytes, Run(all, 8).RegistryBytes);
    }

    private static SharingSimulation Run(SharingScenario scenario, int seed)
    {
        var simulation = new SharingSimulation(scenario, seed);
        simulation.Run(Limit);
        return simulation;
    }
}
