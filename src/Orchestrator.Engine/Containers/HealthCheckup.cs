namespace Orchestrator.Engine.Containers;

/// <summary>Health checks that make no sense. Pure.</summary>
internal static class HealthCheckup
{
    private static readonly TimeSpan Least = TimeSpan.FromMilliseconds(1);

    public static void Check(HealthSpec? health)
    {
        if (health is null)
            return;
        CheckTime("Interval", health.Interval);
        CheckTime("Timeout", health.Timeout);
        CheckTime("StartPeriod", health.StartPeriod);
        CheckTime("StartInterval", health.StartInterval);
        if (health.Retries < 0)
            throw EngineException.Invalid("Retries in Healthcheck cannot be negative");
        if (health.Test is [{ } kind, ..] && kind is not ("NONE" or "CMD" or "CMD-SHELL"))
            throw EngineException.Invalid($"Unknown healthcheck type '{kind}' (expected 'CMD')");
        if (health.Test is ["CMD"] or ["CMD-SHELL"])
            throw EngineException.Invalid($"Healthcheck of type '{health.Test[0]}' has no command");
    }

    private static void CheckTime(string name, TimeSpan time)
    {
        if (time != TimeSpan.Zero && time < Least)
            throw EngineException.Invalid($"{name} in Healthcheck cannot be less than 1ms");
    }
}
