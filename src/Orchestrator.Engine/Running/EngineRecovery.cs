using Microsoft.Extensions.Logging;
using Orchestrator.Engine.Containers;
using Orchestrator.Engine.Health;
using Orchestrator.Oci.Shim;
using Status = Orchestrator.Engine.Containers.ContainerStatus;

namespace Orchestrator.Engine.Running;

/// <summary>
/// Brings memory in line with what a former daemon left on disk and running, whatever instant it died at.
/// </summary>
internal sealed class EngineRecovery(
    IContainerHost host,
    ContainerStore store,
    ContainerTable table,
    ContainerRunner runner,
    ContainerRemover remover,
    TimeProvider time,
    ILogger logger)
{
    /// <summary>Reads all records; sweeps away what was half-made or half-removed.</summary>
    /// <returns>How many were swept.</returns>
    public async Task<int> LoadAsync(CancellationToken cancellationToken)
    {
        var swept = 0;
        foreach (var id in store.Ids())
        {
            if (TryLoad(id, out var record))
                Add(record);
            else if (record is null && !store.Exists(id))
            {
                swept++;
                await host.DeleteRootAsync(id, cancellationToken);
                store.Delete(id);
            }
        }

        return swept;
    }

    /// <summary>
    /// Takes over what runs, settles what ended, starts what its policy says. The network is up by now.
    /// </summary>
    public async Task ResumeAsync(int swept, CancellationToken cancellationToken)
    {
        var outcomes = await Task.WhenAll(table.All.Select(entry => ResumeAsync(entry, cancellationToken)));
        logger.Recovered(
            outcomes.Count(outcome => outcome == Outcome.Adopted),
            outcomes.Count(outcome => outcome == Outcome.Ended), swept);
    }

    private async Task<Outcome> ResumeAsync(ContainerEntry entry, CancellationToken cancellationToken)
    {
        var record = entry.Record;
        if (record.State.Status == Status.Removing)
            return await FinishRemovalAsync(entry, cancellationToken);
        if (await host.AdoptAsync(record, cancellationToken) is { } run)
            return await AdoptAsync(entry, run, cancellationToken);
        if (host.ReadExit(record) is { } exit)
        {
            await runner.SettleAsync(entry, exit, cancellationToken);
            return Outcome.Ended;
        }

        if (record.State.IsUp || record.State.Wanted || record.State.Status == Status.Restarting)
            return await LostAsync(entry, cancellationToken);
        if (host.HasRemains(record)) // A start was begun; that it was wanted was not yet on disk.
            await host.ReleaseAsync(record, cancellationToken);
        if (record.Spec.Host.RestartPolicy.StartsWithDaemon(
            wasRunning: false, record.State.StoppedByUser, record.State.ExitCode))
        {
            runner.Restart(entry, TimeSpan.Zero);
        }

        return Outcome.Down;
    }

    private async Task<Outcome> AdoptAsync(ContainerEntry entry, IContainerRun run, CancellationToken cancellationToken)
    {
        if (run.IsStarted)
        {
            runner.Adopt(entry, run);
            return Outcome.Adopted;
        }

        // The daemon died between making the shim and starting the program: begin again.
        await host.ReleaseAsync(entry.Record, cancellationToken);
        if (entry.Record.State.Wanted)
            runner.Restart(entry, TimeSpan.Zero);
        return Outcome.Down;
    }

    /// <summary>No shim, no exit status: the power was cut, or someone killed both.</summary>
    private async Task<Outcome> LostAsync(ContainerEntry entry, CancellationToken cancellationToken)
    {
        var state = entry.Record.State;
        await host.ReleaseAsync(entry.Record, cancellationToken);
        var wasUp = state.IsUp || state.Status == Status.Restarting || state.Wanted;
        var exitCode = state.Status == Status.Restarting ? state.ExitCode : 137;
        entry.Set(entry.Record with
        {
            Ports = [],
            Connections = [.. entry.Record.Connections.Select(connection => connection.Off())],
            State = state with
            {
                Status = Status.Exited, Pid = 0, ExitCode = exitCode, Wanted = false, FinishedAt = time.GetUtcNow(),
                Error = "", Health = HealthRules.Ended(state.Health),
            },
        });
        store.Save(entry.Record);
        if (entry.Record.Spec.Host.AutoRemove)
            await FinishRemovalAsync(entry, cancellationToken);
        else if (entry.Record.Spec.Host.RestartPolicy.StartsWithDaemon(wasUp, state.StoppedByUser, exitCode))
            runner.Restart(entry, TimeSpan.Zero);
        return Outcome.Ended;
    }

    private async Task<Outcome> FinishRemovalAsync(ContainerEntry entry, CancellationToken cancellationToken)
    {
        using var held = await entry.Gate.EnterAsync(cancellationToken);
        await host.ReleaseAsync(entry.Record, cancellationToken);
        await remover.RemoveLockedAsync(entry, volumes: true);
        return Outcome.Down;
    }

    private bool TryLoad(string id, out ContainerRecord? record)
    {
        try
        {
            record = store.Load(id);
            return record is not null;
        }
        catch (InvalidDataException e)
        {
            logger.Unreadable(id, e.Message);
            record = null;
            return false;
        }
    }

    private void Add(ContainerRecord? record)
    {
        table.TakeName(record!.Name, record.Id);
        table.Add(new ContainerEntry(record));
    }

    private enum Outcome
    {
        Down,
        Adopted,
        Ended,
    }
}
