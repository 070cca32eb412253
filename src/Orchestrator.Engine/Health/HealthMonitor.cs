using Orchestrator.Engine.Containers;
using Orchestrator.Engine.Running;
using Microsoft.Extensions.Logging;

namespace Orchestrator.Engine.Health;

/// <summary>Checks a running container again and again, and says when its health changes.</summary>
internal sealed class HealthMonitor(
    HealthProbe probe, ContainerStore store, ContainerEvents events, TimeProvider time, ILogger logger)
{
    /// <summary>Checks until cancelled, which is when the run has ended or the daemon stops.</summary>
    public async Task RunAsync(ContainerEntry entry, IContainerRun run, CancellationToken cancellationToken)
    {
        var spec = entry.Record.Process.Health;
        if (spec is null || HealthRules.CommandOf(spec) is not { } command)
            return;
        try
        {
            while (true)
            {
                var record = entry.Record;
                var health = record.State.Health ?? HealthRules.Initial(spec)!;
                var up = time.GetUtcNow() - StartOf(record);
                await Task.Delay(HealthRules.Interval(spec, health, up), time, cancellationToken);
                if (entry.Record.State.Status != ContainerStatus.Running)
                    continue; // Paused: it could not answer.
                var result = await probe.RunAsync(
                    entry.Record, run, command, HealthRules.Timeout(spec), cancellationToken);
                await RecordAsync(entry, run, spec, result, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task RecordAsync(
        ContainerEntry entry, IContainerRun run, HealthSpec spec, ProbeResult result,
        CancellationToken cancellationToken)
    {
        using var held = await entry.Gate.EnterAsync(cancellationToken);
        if (entry.Run != run)
            return;
        var before = entry.Record.State.Health ?? HealthRules.Initial(spec)!;
        var after = HealthRules.After(before, result, spec, StartOf(entry.Record));
        entry.SetState(state => state with { Health = after });
        if (after.Status == before.Status)
            return;
        Save(entry.Record);
        events.Publish(entry.Record, $"health_status: {after.Status.ToString().ToLowerInvariant()}");
    }

    private DateTimeOffset StartOf(ContainerRecord record) => record.State.StartedAt ?? time.GetUtcNow();

    private void Save(ContainerRecord record)
    {
        try
        {
            store.Save(record);
        }
        catch (IOException e)
        {
            logger.NotSaved(record.Id, e);
        }
    }
}
