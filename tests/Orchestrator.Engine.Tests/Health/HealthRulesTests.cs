using Orchestrator.Engine.Containers;
using Orchestrator.Engine.Health;

namespace Orchestrator.Engine.Tests.Health;

public sealed class HealthRulesTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly HealthSpec Spec =
        new(["CMD-SHELL", "true"], default, default, TimeSpan.FromSeconds(10), default, Retries: 2);

    [Fact]
    public void So_many_failures_in_a_row_are_unhealthy_and_one_success_is_healthy_again()
    {
        var once = After(HealthRules.Initial(Spec)!, 1, at: 11);
        var twice = After(once, 1, at: 12);

        Assert.Equal((HealthStatus.Starting, 1), (once.Status, once.FailingStreak));
        Assert.Equal((HealthStatus.Unhealthy, 2), (twice.Status, twice.FailingStreak));
        Assert.Equal((HealthStatus.Healthy, 0), (After(twice, 0, at: 13).Status, After(twice, 0, at: 13).FailingStreak));
    }

    [Fact]
    public void A_failure_in_the_start_period_counts_only_once_it_has_been_healthy()
    {
        var starting = After(HealthRules.Initial(Spec)!, 1, at: 9);
        var healthy = After(starting, 0, at: 3);

        Assert.Equal((HealthStatus.Starting, 0), (starting.Status, starting.FailingStreak));
        Assert.Equal(1, After(healthy, 1, at: 4).FailingStreak);
    }

    [Fact]
    public void Only_the_last_five_results_are_kept()
    {
        var health = HealthRules.Initial(Spec)!;
        for (var code = 1; code <= 7; code++)
            health = After(health, code, at: 11 + code);

        Assert.Equal([3, 4, 5, 6, 7], health.Log.Select(probe => probe.ExitCode));
    }

    [Fact]
    public void While_it_starts_it_is_asked_more_often()
    {
        var health = HealthRules.Initial(Spec)!;

        Assert.Equal(TimeSpan.FromSeconds(5), HealthRules.Interval(Spec, health, TimeSpan.FromSeconds(9)));
        Assert.Equal(TimeSpan.FromSeconds(30), HealthRules.Interval(Spec, health, TimeSpan.FromSeconds(10)));
        Assert.Equal(
            TimeSpan.FromSeconds(30),
            HealthRules.Interval(Spec, health with { Status = HealthStatus.Healthy }, TimeSpan.Zero));
    }

    [Fact]
    public void A_check_is_a_command_or_a_line_for_the_shell_or_none()
    {
        Assert.Equal(["/bin/sh", "-c", "true"], HealthRules.CommandOf(Spec));
        Assert.Equal(["/x", "-y"], HealthRules.CommandOf(Spec with { Test = ["CMD", "/x", "-y"] }));
        Assert.Null(HealthRules.CommandOf(Spec with { Test = ["NONE"] }));
        Assert.Null(HealthRules.CommandOf(Spec with { Test = [] }));
        Assert.Null(HealthRules.CommandOf(null));
    }

    private static HealthRecord After(HealthRecord before, int exitCode, int at) => HealthRules.After(
        before, new ProbeResult(Start.AddSeconds(at), Start.AddSeconds(at), exitCode, ""), Spec, Start);
}
