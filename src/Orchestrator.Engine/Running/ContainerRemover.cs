using Orchestrator.Engine.Containers;
using Orchestrator.Engine.Volumes;
using Microsoft.Extensions.Logging;
using Status = Orchestrator.Engine.Containers.ContainerStatus;

namespace Orchestrator.Engine.Running;

/// <summary>Removes a container that is down, with all that was its own.</summary>
internal sealed class ContainerRemover(
    IContainerHost host, ContainerStore store, ContainerTable table, VolumeStore volumes, ContainerEvents events,
    ILogger logger)
{
    /// <summary>The caller holds the entry's lock and nothing runs.</summary>
    /// <param name="volumes">Anonymous volumes go too.</param>
    public async Task RemoveLockedAsync(ContainerEntry entry, bool volumes)
    {
        if (entry.IsRemoved)
            return;
        entry.CancelPendingRestart();
        var record = entry.Record;
        entry.SetState(state => state with { Status = Status.Removing });
        // The record goes first: what a crash leaves then is a directory without one, which the next start sweeps away.
        await Task.WhenAll(
            Task.Run(() => store.Delete(record.Id)),
            host.DeleteRootAsync(record.Id, CancellationToken.None));
        if (volumes)
            RemoveAnonymousVolumes(record);
        table.Remove(entry);
        events.Publish(record, "destroy");
        entry.SetRemoved();
    }

    private void RemoveAnonymousVolumes(ContainerRecord record)
    {
        foreach (var mount in record.Mounts.Where(mount => mount is { Type: "volume", Anonymous: true }))
        {
            try
            {
                volumes.Remove(mount.Name, UsersOf(mount.Name, record.Id), force: true);
            }
            catch (Exception e) when (e is EngineException or IOException)
            {
                logger.NotReleased(record.Id, $"volume {mount.Name}", e.Message);
            }
        }
    }

    private List<string> UsersOf(string volume, string except) =>
    [
        .. table.All.Select(entry => entry.Record)
            .Where(record => record.Id != except && record.Mounts.Any(mount => mount.Name == volume))
            .Select(record => record.Id),
    ];
}
