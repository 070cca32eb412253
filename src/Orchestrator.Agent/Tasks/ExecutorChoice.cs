using Orchestrator.Model;

namespace Orchestrator.Agent.Tasks;

/// <summary>Gives each task to who knows its kind.</summary>
internal sealed class ExecutorChoice(ITaskExecutor containers, ITaskExecutor attachments) : ITaskExecutor
{
    public ContainerSight Look(OrchTask task) => For(task).Look(task);

    public Task PrepareAsync(OrchTask task, CancellationToken cancellationToken) =>
        For(task).PrepareAsync(task, cancellationToken);

    public Task<ContainerSight> StartAsync(OrchTask task, CancellationToken cancellationToken) =>
        For(task).StartAsync(task, cancellationToken);

    public Task<ContainerSight> WaitAsync(OrchTask task, CancellationToken cancellationToken) =>
        For(task).WaitAsync(task, cancellationToken);

    public Task StopAsync(OrchTask task, CancellationToken cancellationToken) =>
        For(task).StopAsync(task, cancellationToken);

    public Task RemoveAsync(OrchTask task, CancellationToken cancellationToken) =>
        For(task).RemoveAsync(task, cancellationToken);

    private ITaskExecutor For(OrchTask task) => task.IsAttachment ? attachments : containers;
}
