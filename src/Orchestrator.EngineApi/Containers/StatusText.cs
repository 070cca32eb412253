using Orchestrator.Api;
using Orchestrator.Engine.Containers;
using Orchestrator.Engine.Health;

namespace Orchestrator.EngineApi.Containers;

/// <summary>The STATUS column of <c>ps</c>. Pure.</summary>
internal static class StatusText
{
    public static string Of(ContainerRecord record, DateTimeOffset now)
    {
        var state = record.State;
        return state.Status switch
        {
            ContainerStatus.Running => $"Up {Since(state.StartedAt, now)}{Health(state.Health)}",
            ContainerStatus.Paused => $"Up {Since(state.StartedAt, now)} (Paused)",
            ContainerStatus.Restarting => $"Restarting ({state.ExitCode}) {Since(state.FinishedAt, now)} ago",
            ContainerStatus.Removing => "Removal In Progress",
            ContainerStatus.Dead => "Dead",
            ContainerStatus.Exited => $"Exited ({state.ExitCode}) {Since(state.FinishedAt, now)} ago",
            _ => "Created",
        };
    }

    private static string Health(HealthRecord? health) => health?.Status switch
    {
        null => "",
        HealthStatus.Starting => " (health: starting)",
        HealthStatus.Healthy => " (healthy)",
        _ => " (unhealthy)",
    };

    private static string Since(DateTimeOffset? time, DateTimeOffset now) => HumanDuration.Of(now - (time ?? now));
}
