using Orchestrator.Engine.Containers;
using Orchestrator.Oci.Shim;
using Status = Orchestrator.Engine.Containers.ContainerStatus;

namespace Orchestrator.Engine.Tests.Running;

public sealed class RecoveryTests
{
    [Fact]
    public async Task The_next_daemon_takes_over_what_runs_and_sees_its_end()
    {
        await using var first = new Rig();
        var before = await first.StartAsync("web");
        var run = first.RunOf(before);

        await using var second = new Rig(first);
        await second.RecoverAsync();
        var entry = second.Table.Get("web");
        Assert.Equal((Status.Running, 4242), (entry.Record.State.Status, entry.Record.State.Pid));
        run.End(5);

        Assert.Equal(5, (await entry.WaitAsync(WaitCondition.NotRunning, CancellationToken.None)).ExitCode);
        Assert.Equal(1, first.Host.Created);
    }

    [Fact]
    public async Task What_ended_while_no_daemon_looked_has_the_exit_its_shim_wrote()
    {
        await using var first = new Rig();
        var before = await first.StartAsync("web");
        first.Host.Runs.Clear();
        first.Host.Exits[before.Id] = new ExitStatus { ExitCode = 9, FinishedAt = first.Time.GetUtcNow() };

        await using var second = new Rig(first);
        await second.RecoverAsync();

        Assert.Equal((Status.Exited, 9), second.Table.Get("web").Record.State is var s ? (s.Status, s.ExitCode) : default);
    }

    [Theory]
    [InlineData(RestartCondition.No, false)]
    [InlineData(RestartCondition.OnFailure, true)]
    [InlineData(RestartCondition.UnlessStopped, true)]
    [InlineData(RestartCondition.Always, true)]
    public async Task After_a_power_cut_what_ran_runs_again_if_its_policy_says_so(RestartCondition condition, bool again)
    {
        await using var first = new Rig();
        await first.StartAsync("web", new RestartPolicy(condition));
        first.Host.Runs.Clear();

        await using var second = new Rig(first);
        await second.RecoverAsync();
        var entry = second.Table.Get("web");
        if (again)
            await Rig.UntilAsync(entry, one => one.Record.State.Status == Status.Running);

        Assert.Equal(again ? Status.Running : Status.Exited, entry.Record.State.Status);
    }

    [Fact]
    public async Task A_daemon_that_died_half_way_through_a_start_starts_again()
    {
        await using var first = new Rig();
        var before = await first.StartAsync("web", new RestartPolicy());
        first.RunOf(before).IsStarted = false;

        await using var second = new Rig(first);
        await second.RecoverAsync();
        var entry = second.Table.Get("web");
        await Rig.UntilAsync(entry, one => one.Record.State.Status == Status.Running);

        Assert.Equal(2, first.Host.Created);
    }

    [Fact]
    public async Task A_directory_without_a_record_is_swept_away()
    {
        await using var first = new Rig();
        first.Store.CreateDirectory(RandomId.Next());

        await using var second = new Rig(first);
        await second.RecoverAsync();

        Assert.Empty(second.Store.Ids());
    }
}
