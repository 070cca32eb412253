using Orchestrator.Engine.Health;

namespace Orchestrator.Engine.Containers;

/// <summary>docker's words for where a container is in its life.</summary>
public enum ContainerStatus
{
    Created,
    Running,
    Paused,
    Restarting,
    Removing,
    Exited,
    Dead,
}

/// <summary>Where one container is in its life. Replaced whole at each change.</summary>
public sealed record ContainerState
{
    public ContainerStatus Status { get; init; }

    /// <summary>Pid 1 of the container as the host sees it; 0 when not running.</summary>
    public int Pid { get; init; }

    public int ExitCode { get; init; }

    public bool OomKilled { get; init; }

    /// <summary>Why it did not start or how it was lost; empty when all is well.</summary>
    public string Error { get; init; } = "";

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    public int RestartCount { get; init; }

    /// <summary>A start was accepted, and since then neither an end without restart nor a stop was recorded. Written
    /// before the start is tried, so that whoever reads it after a power cut knows what was meant to run.</summary>
    public bool Wanted { get; init; }

    /// <summary>Ended on request: a restart policy leaves it down.</summary>
    public bool StoppedByUser { get; init; }

    /// <summary>What its checks found in this run or the last; null: it has none.</summary>
    public HealthRecord? Health { get; init; }

    public bool IsUp => Status is ContainerStatus.Running or ContainerStatus.Paused;
}
