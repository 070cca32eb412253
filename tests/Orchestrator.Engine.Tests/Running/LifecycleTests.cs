using Orchestrator.Engine.Containers;
using Orchestrator.Oci.Shim;
using Status = Orchestrator.Engine.Containers.ContainerStatus;

namespace Orchestrator.Engine.Tests.Running;

public sealed class LifecycleTests
{
    [Fact]
    public async Task A_container_that_ends_is_exited_with_its_code_and_holds_nothing_of_the_kernel()
    {
        await using var rig = new Rig();
        var entry = await rig.StartAsync("web");

        rig.RunOf(entry).End(3);

        var exit = await entry.WaitAsync(WaitCondition.NotRunning, CancellationToken.None);
        Assert.Equal(3, exit.ExitCode);
        Assert.Equal(Status.Exited, entry.Record.State.Status);
        Assert.Contains(entry.Id, rig.Host.Released);
        Assert.Equal(Status.Exited, rig.Store.Load(entry.Id)!.State.Status);
    }

    [Fact]
    public async Task A_running_container_is_not_started_twice()
    {
        await using var rig = new Rig();
        var entry = await rig.StartAsync("web");

        var refusal = await Assert.ThrowsAsync<EngineException>(() => rig.Runner.StartAsync(entry, CancellationToken.None));

        Assert.Equal(EngineError.NotModified, refusal.Error);
        Assert.Equal(1, rig.Host.Created);
    }

    [Fact]
    public async Task A_start_that_fails_leaves_the_container_created_and_says_why()
    {
        await using var rig = new Rig();
        var entry = rig.Add("web");
        rig.Host.Refusal = new ShimException("no such file", 127);

        var refusal = await Assert.ThrowsAsync<EngineException>(() => rig.Runner.StartAsync(entry, CancellationToken.None));

        Assert.Contains("executable file not found in $PATH", refusal.Message);
        Assert.Equal((Status.Created, 127), (entry.Record.State.Status, entry.Record.State.ExitCode));
        Assert.Contains(entry.Id, rig.Host.Released);
    }

    [Fact]
    public async Task What_ignores_its_stop_signal_is_killed_when_its_grace_is_over()
    {
        await using var rig = new Rig();
        var entry = await rig.StartAsync("web", new RestartPolicy(RestartCondition.Always));
        var run = rig.RunOf(entry);
        run.IgnoresTerm = true;

        var stopping = rig.Stopper.StopAsync(entry, TimeSpan.FromSeconds(10), signal: null, CancellationToken.None);
        rig.Time.Advance(TimeSpan.FromSeconds(10));
        await stopping;

        Assert.Equal([15, 9], run.Signals);
        Assert.Equal(Status.Exited, entry.Record.State.Status);
    }

    [Fact]
    public async Task A_policy_starts_again_what_ended_after_its_wait_and_not_before()
    {
        await using var rig = new Rig();
        var entry = await rig.StartAsync("web", new RestartPolicy(RestartCondition.Always));

        rig.RunOf(entry).End(1);
        await Rig.UntilAsync(entry, one => one.Record.State.Status == Status.Restarting);
        Assert.Equal(1, rig.Host.Created);
        await AdvanceUntilAsync(rig, entry, one => one.Record.State.Status == Status.Running);

        Assert.Equal(2, rig.Host.Created);
        Assert.Equal(1, entry.Record.State.RestartCount);
    }

    [Fact]
    public async Task Stopping_what_waits_for_its_restart_leaves_it_down()
    {
        await using var rig = new Rig();
        var entry = await rig.StartAsync("web", new RestartPolicy(RestartCondition.Always));
        rig.RunOf(entry).End(1);
        await Rig.UntilAsync(entry, one => one.Record.State.Status == Status.Restarting);

        await rig.Stopper.StopAsync(entry, timeout: null, signal: null, CancellationToken.None);
        rig.Time.Advance(TimeSpan.FromMinutes(2));

        Assert.Equal(Status.Exited, entry.Record.State.Status);
        Assert.Equal(1, rig.Host.Created);
    }

    [Fact]
    public async Task An_automatically_removed_container_leaves_neither_record_nor_name()
    {
        await using var rig = new Rig();
        var entry = await rig.StartAsync("web", autoRemove: true);
        var removed = entry.WaitAsync(WaitCondition.Removed, CancellationToken.None);

        rig.RunOf(entry).End(7);

        Assert.Equal(7, (await removed).ExitCode);
        Assert.Empty(rig.Store.Ids());
        rig.Table.TakeName("web", "another");
    }

    /// <summary>The timer may be set a moment after the state says so, hence small steps.</summary>
    private static async Task AdvanceUntilAsync(Rig rig, ContainerEntry entry, Func<ContainerEntry, bool> holds)
    {
        for (var step = 0; step < 1000 && !holds(entry); step++)
        {
            rig.Time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Delay(5);
        }

        Assert.True(holds(entry), $"still {entry.Record.State.Status}");
    }
}
