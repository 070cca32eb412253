using Orchestrator.Engine;
using Orchestrator.Engine.Containers;
using Orchestrator.Engine.Health;
using Orchestrator.Images;
using Orchestrator.Model;

namespace Orchestrator.Agent.Tasks;

/// <summary>Runs tasks as containers of the node's engine.</summary>
/// <param name="vault">What the containers have as secrets and configs.</param>
/// <param name="drain">How long before it is stopped a task that others may reach is given no new connections: as long
/// as the word needs to every node.</param>
public sealed class EngineTaskExecutor(
    ContainerEngine engine, ImageService images, PayloadVault vault, TimeSpan drain, TimeProvider time) : ITaskExecutor
{
    private const string Unhealthy = "unhealthy container";

    public ContainerSight Look(OrchTask task)
    {
        try
        {
            return See(engine.Inspect(task.Name));
        }
        catch (EngineException e) when (e.Error == EngineError.NotFound)
        {
            return ContainerSight.None;
        }
    }

    public async Task PrepareAsync(OrchTask task, CancellationToken cancellationToken)
    {
        await FetchImageAsync(task.Spec.Container.Image, cancellationToken).ConfigureAwait(false);
        // A container of that name can only be left from a prepare that a crash broke off.
        await RemoveAsync(task, cancellationToken).ConfigureAwait(false);
        await engine.CreateAsync(TaskContainer.Of(task), task.Name, cancellationToken).ConfigureAwait(false);
        foreach (var pipe in TaskContainer.PipesOf(task))
            await engine.Pipes.AddAsync(task.Name, pipe, cancellationToken).ConfigureAwait(false);
    }

    public async Task<ContainerSight> StartAsync(OrchTask task, CancellationToken cancellationToken)
    {
        await vault.WaitForAsync(task.Spec.Container.Payloads, cancellationToken).ConfigureAwait(false);
        try
        {
            await engine.StartAsync(task.Name, cancellationToken).ConfigureAwait(false);
        }
        catch (EngineException e) when (e.Error == EngineError.NotModified)
        {
            // Started before a crash of ours that lost the report.
        }

        var seen = await engine.WatchAsync(task.Name, IsDecided, cancellationToken).ConfigureAwait(false);
        return seen.State is { IsUp: true, Health: null or { Status: HealthStatus.Healthy } }
            ? See(seen) : await EndAsync(task, seen, cancellationToken).ConfigureAwait(false);
    }

    public async Task<ContainerSight> WaitAsync(OrchTask task, CancellationToken cancellationToken)
    {
        var seen = await engine.WatchAsync(task.Name, IsDownOrUnwell, cancellationToken).ConfigureAwait(false);
        return await EndAsync(task, seen, cancellationToken).ConfigureAwait(false);
    }

    public async Task StopAsync(OrchTask task, CancellationToken cancellationToken)
    {
        if (!task.Networks.IsEmpty && Look(task).Running)
            await Task.Delay(drain, time, cancellationToken).ConfigureAwait(false);
        try
        {
            await engine.StopAsync(task.Name, task.Spec.Container.StopGracePeriod, null, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (EngineException e) when (e.Error == EngineError.NotModified)
        {
            // Down already.
        }
    }

    public async Task RemoveAsync(OrchTask task, CancellationToken cancellationToken)
    {
        try
        {
            await engine.RemoveAsync(task.Name, force: true, volumes: true, cancellationToken).ConfigureAwait(false);
        }
        catch (EngineException e) when (e.Error == EngineError.NotFound)
        {
            // Gone is what was wanted.
        }
    }

    private static bool IsDecided(ContainerRecord container) =>
        container.State is { IsUp: false } or { Health: null or { Status: not HealthStatus.Starting } };

    private static bool IsDownOrUnwell(ContainerRecord container) =>
        container.State is { IsUp: false } or { Health.Status: HealthStatus.Unhealthy };

    /// <summary>One whose check fails is taken down: the manager replaces tasks that ended, no others.</summary>
    private async Task<ContainerSight> EndAsync(
        OrchTask task, ContainerRecord seen, CancellationToken cancellationToken)
    {
        if (!seen.State.IsUp)
            return Look(task) with { Well = seen.State.Health is null };
        await StopAsync(task, cancellationToken).ConfigureAwait(false);
        return Look(task) with { Well = false, Error = Unhealthy };
    }

    private async Task FetchImageAsync(string reference, CancellationToken cancellationToken)
    {
        if (images.TryFind(reference) is not null)
            return;
        await images.PullAsync(reference, null, null, null, cancellationToken).ConfigureAwait(false);
    }

    private static ContainerSight See(ContainerRecord container) => new(
        container.Id,
        container.State.IsUp,
        container.State.Pid,
        container.State.StartedAt is not null,
        container.State.ExitCode,
        container.State.Error);
}
