using Orchestrator.Engine.Containers;

namespace Orchestrator.Engine.Health;

/// <summary>When to check, and what a check's result means: docker's rules. Pure.</summary>
internal static class HealthRules
{
    private const int DefaultRetries = 3, KeptResults = 5;

    private static readonly TimeSpan DefaultTime = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan DefaultStartInterval = TimeSpan.FromSeconds(5);

    /// <summary>The command to run; null: there is no check.</summary>
    public static IReadOnlyList<string>? CommandOf(HealthSpec? spec) => spec?.Test switch
    {
        ["CMD", _, ..] => [.. spec.Test.Skip(1)],
        ["CMD-SHELL", var line, ..] => ["/bin/sh", "-c", line],
        _ => null,
    };

    /// <summary>Of a container that is just being started; null: it has no check.</summary>
    public static HealthRecord? Initial(HealthSpec? spec) =>
        CommandOf(spec) is null ? null : new HealthRecord(HealthStatus.Starting, 0, []);

    public static TimeSpan Timeout(HealthSpec spec) => spec.Timeout > TimeSpan.Zero ? spec.Timeout : DefaultTime;

    /// <summary>The wait before the next check.</summary>
    /// <param name="up">How long the container has been running.</param>
    public static TimeSpan Interval(HealthSpec spec, HealthRecord health, TimeSpan up)
    {
        if (health.Status == HealthStatus.Starting && up < spec.StartPeriod)
            return spec.StartInterval > TimeSpan.Zero ? spec.StartInterval : DefaultStartInterval;
        return spec.Interval > TimeSpan.Zero ? spec.Interval : DefaultTime;
    }

    /// <param name="startedAt">Of the container: failures in its start period do not count until one check has passed.
    /// </param>
    public static HealthRecord After(
        HealthRecord before, ProbeResult probe, HealthSpec spec, DateTimeOffset startedAt)
    {
        var log = before.Log.Append(probe).TakeLast(KeptResults).ToArray();
        if (probe.ExitCode == 0)
            return new HealthRecord(HealthStatus.Healthy, 0, log);
        if (before.Status == HealthStatus.Starting && probe.Start - startedAt < spec.StartPeriod)
            return before with { Log = log };
        var streak = before.FailingStreak + 1;
        var retries = spec.Retries > 0 ? spec.Retries : DefaultRetries;
        return new HealthRecord(streak >= retries ? HealthStatus.Unhealthy : before.Status, streak, log);
    }

    /// <summary>A container that is down is not well: docker's word for it.</summary>
    public static HealthRecord? Ended(HealthRecord? health) =>
        health is null ? null : health with { Status = HealthStatus.Unhealthy };
}
