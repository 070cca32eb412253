using Orchestrator.Agent.Tasks;
using Orchestrator.Engine;
using Orchestrator.Model;

namespace Orchestrator.Agent.Attaching;

/// <summary>Sees to tasks that stand for a container of this node on a network: they run while it is there.</summary>
internal sealed class AttachmentExecutor(ContainerEngine engine, AttachmentDesk desk) : ITaskExecutor
{
    public ContainerSight Look(OrchTask task) =>
        new(ContainerOf(task), IsThere(task), engine.Find(ContainerOf(task))?.State.Pid ?? 0, HasRun: true, ExitCode: 0, Error: "");

    public Task PrepareAsync(OrchTask task, CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task<ContainerSight> StartAsync(OrchTask task, CancellationToken cancellationToken)
    {
        if (desk.Give(task) is { } decided)
            await decided.WaitAsync(cancellationToken).ConfigureAwait(false);
        var seen = Look(task);
        return seen with { Well = seen.Running }; // A place that nobody took, ends.
    }

    public async Task<ContainerSight> WaitAsync(OrchTask task, CancellationToken cancellationToken)
    {
        await engine.Network.WaitForEndOfLeaseAsync(ContainerOf(task), task.Id.Value, cancellationToken).ConfigureAwait(false);
        return Look(task);
    }

    public Task StopAsync(OrchTask task, CancellationToken cancellationToken) => RemoveAsync(task, cancellationToken);

    /// <summary>The address is no longer the container's, whatever that is busy with: its link goes. It asks for another
    /// place when it starts again.</summary>
    public async Task RemoveAsync(OrchTask task, CancellationToken cancellationToken)
    {
        if (engine.Network.EndpointUnder(ContainerOf(task), task.Id.Value) is { } endpoint)
            await engine.Network.DisconnectAsync(ContainerOf(task), endpoint.NetworkId, cancellationToken).ConfigureAwait(false);
    }

    private static string ContainerOf(OrchTask task) => task.Spec.Attached!.Id; // The choice of this executor.

    private bool IsThere(OrchTask task) => engine.Network.EndpointUnder(ContainerOf(task), task.Id.Value) is not null;
}
