using Xunit.Abstractions;

namespace Orchestrator.Simulation;

/// <summary>Random runs. ORCH_SIM_SEEDS sets how many seeds a profile gets, ORCH_SIM_SEED where they start.</summary>
public sealed class SimulationTests(ITestOutputHelper output)
{
    private static readonly int Seeds = Setting("ORCH_SIM_SEEDS", 5);
    private static readonly int FirstSeed = Setting("ORCH_SIM_SEED", 1);

    public static TheoryData<string> Profiles => [.. SimOptions.Profiles.Select(p => p.Profile)];

    [Theory]
    [MemberData(nameof(Profiles))]
    public void No_invariant_breaks_and_the_cluster_recovers(string profile)
    {
        var options = SimOptions.Profiles.Single(p => p.Profile == profile);
        for (var seed = FirstSeed; seed < FirstSeed + Seeds; seed++)
        {
            var simulation = RunOne((ulong)seed, options);
            output.WriteLine($"{profile} seed {seed}: {simulation.Steps} steps, {simulation.Now / 1000} s, "
                + $"{simulation.AcknowledgedWrites} writes, {simulation.AnsweredReads} reads, {simulation.Checker.TermsWithLeader} leaders");
            Assert.True(simulation.AcknowledgedWrites > 20, "a run in which nothing happens proves nothing");
        }
    }

    [Fact]
    public void Two_runs_of_one_seed_are_the_same_run()
    {
        var options = SimOptions.Profiles.Single(p => p.Profile == "churn");

        var (first, second, other) = (RunOne(7, options), RunOne(7, options), RunOne(8, options));

        Assert.Equal(first.Trace, second.Trace);
        Assert.NotEqual(first.Trace, other.Trace);
    }

    private static Simulation RunOne(ulong seed, SimOptions options)
    {
        var simulation = new Simulation(seed, options);
        try
        {
            simulation.Run();
        }
        catch (Exception e)
        {
            throw new Xunit.Sdk.XunitException(
                $"seed {seed}, step {simulation.Steps}, time {simulation.Now} ms: {e.Message}\n{options}\n{e.StackTrace}");
        }

        return simulation;
    }

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), out var value) ? value : otherwise;
}
