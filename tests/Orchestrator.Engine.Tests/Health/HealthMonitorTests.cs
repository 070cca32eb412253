using Orchestrator.Engine.Containers;
using Orchestrator.Engine.Health;
using Orchestrator.Engine.Tests.Running;

namespace Orchestrator.Engine.Tests.Health;

public sealed class HealthMonitorTests
{
    private static readonly HealthSpec Every30 = new(["CMD", "check"], default, TimeSpan.FromSeconds(2), default, default, 1);

    [Fact]
    public async Task Health_follows_the_checks_and_each_change_is_an_event()
    {
        await using var rig = new Rig();
        var entry = await StartAsync(rig);
        rig.RunOf(entry).Probe = () => (0, "fine");

        Assert.Equal(HealthStatus.Starting, entry.Record.State.Health!.Status);
        await PassAsync(rig, entry, health => health.Status == HealthStatus.Healthy);
        rig.RunOf(entry).Probe = () => (7, "broken");
        await PassAsync(rig, entry, health => health.Status == HealthStatus.Unhealthy);

        Assert.Equal((7, "broken"), (entry.Record.State.Health!.Log[^1].ExitCode, entry.Record.State.Health.Log[^1].Output));
        Assert.Equal(HealthStatus.Unhealthy, rig.Store.Load(entry.Id)!.State.Health!.Status);
        Assert.Equal(
            ["health_status: healthy", "health_status: unhealthy"],
            await rig.ActionsAsync(action => action.StartsWith("health", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_check_that_takes_too_long_is_killed_and_has_failed()
    {
        await using var rig = new Rig();
        var entry = await StartAsync(rig);
        rig.RunOf(entry).Probe = null; // It never ends.

        await PassAsync(rig, entry, health => health.Status == HealthStatus.Unhealthy);

        Assert.Equal(-1, entry.Record.State.Health!.Log[^1].ExitCode);
        Assert.StartsWith("Health check exceeded timeout (2s)", entry.Record.State.Health.Log[^1].Output, StringComparison.Ordinal);
        Assert.Contains(9, rig.RunOf(entry).ExecSignals);
    }

    [Fact]
    public async Task What_has_ended_is_asked_no_more_and_is_not_healthy()
    {
        await using var rig = new Rig();
        var entry = await StartAsync(rig);
        var run = rig.RunOf(entry);
        run.Probe = () => (0, "");
        await PassAsync(rig, entry, health => health.Status == HealthStatus.Healthy);

        run.End(0);
        await entry.WaitAsync(WaitCondition.NotRunning, CancellationToken.None);
        var asked = run.Probes;
        rig.Time.Advance(TimeSpan.FromMinutes(5));

        Assert.Equal(HealthStatus.Unhealthy, entry.Record.State.Health!.Status);
        Assert.Equal(asked, run.Probes);
    }

    private static async Task<ContainerEntry> StartAsync(Rig rig)
    {
        var entry = rig.Add("web");
        entry.Set(entry.Record with { Process = entry.Record.Process with { Health = Every30 } });
        await rig.Runner.StartAsync(entry, CancellationToken.None);
        return entry;
    }

    /// <summary>Lets virtual time pass until it holds; a timer may be set a moment late, hence the small steps.</summary>
    private static async Task PassAsync(Rig rig, ContainerEntry entry, Func<HealthRecord, bool> holds)
    {
        for (var step = 0; step < 2000 && !holds(entry.Record.State.Health!); step++)
        {
            rig.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(2);
        }

        Assert.True(holds(entry.Record.State.Health!), $"still {entry.Record.State.Health}");
    }
}
