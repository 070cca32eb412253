using Orchestrator.Model;

namespace Orchestrator.Agent.Tasks;

/// <summary>Where a task's container is, as the engine tells it.</summary>
/// <param name="ContainerId">Null: there is none.</param>
/// <param name="Pid">0 when not running.</param>
/// <param name="HasRun">It was started at least once.</param>
/// <param name="Well">False: its own health check has not passed, or passes no more.</param>
public sealed record ContainerSight(
    string? ContainerId, bool Running, int Pid, bool HasRun, int ExitCode, string Error, bool Well = true)
{
    public static ContainerSight None { get; } = new(null, false, 0, false, 0, "");
}

/// <summary>
/// What a task is made of on this node. Every call may be repeated; the container is found by the task.
/// </summary>
/// <remarks>Failures are exceptions whose message is one line for <c>service ps</c>.</remarks>
public interface ITaskExecutor
{
    ContainerSight Look(OrchTask task);

    /// <summary>Image and container are there afterwards.</summary>
    Task PrepareAsync(OrchTask task, CancellationToken cancellationToken);

    /// <summary>Completes when the container runs and, if it has a health check, that has passed; or when it will not
    /// pass any more, and then the container is down.</summary>
    Task<ContainerSight> StartAsync(OrchTask task, CancellationToken cancellationToken);

    /// <summary>Completes when the container is down. One that is not well any more is stopped.</summary>
    Task<ContainerSight> WaitAsync(OrchTask task, CancellationToken cancellationToken);

    Task StopAsync(OrchTask task, CancellationToken cancellationToken);

    /// <summary>The container and what it wrote are gone afterwards.</summary>
    Task RemoveAsync(OrchTask task, CancellationToken cancellationToken);
}
