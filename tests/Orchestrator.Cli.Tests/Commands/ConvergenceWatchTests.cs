using Orchestrator.Api.Swarm;
using Orchestrator.Cli.Commands.Services;
using Orchestrator.Cli.Output;

namespace Orchestrator.Cli.Tests.Commands;

public sealed class ConvergenceWatchTests
{
    private readonly StringWriter _out = new();
    private readonly ConvergenceWatch _watch;
    private DateTimeOffset _now = CliResult.Now;

    public ConvergenceWatchTests() => _watch = new ConvergenceWatch(new ProgressDisplay(_out, isTerminal: false), "s1");

    [Fact]
    public void A_service_converges_when_its_tasks_have_run_for_the_monitor_period()
    {
        Assert.IsType<WatchStep.GoOn>(Look("preparing", "new"));
        Assert.IsType<WatchStep.GoOn>(Look("running", "starting"));
        Assert.IsType<WatchStep.GoOn>(Look("running", "running"));
        _now += TimeSpan.FromSeconds(2);
        Assert.IsType<WatchStep.Done>(Look("running", "running"));

        Assert.Equal("""
            overall progress: 0 out of 2 tasks
            1/2: preparing
            2/2: new
            overall progress: 1 out of 2 tasks
            1/2: running
            2/2: starting
            overall progress: 2 out of 2 tasks
            2/2: running
            verify: Waiting 3 seconds to verify that tasks are stable...
            verify: Service s1 converged

            """, _out.ToString());
    }

    [Fact]
    public void A_failure_in_the_monitor_period_starts_it_again()
    {
        Look("running", "running");
        _now += TimeSpan.FromSeconds(1);

        Assert.IsType<WatchStep.GoOn>(Look("running", "failed"));
        Assert.EndsWith("verify: Detected task failure\n", _out.ToString(), StringComparison.Ordinal);
        Look("running", "running");
        _now += TimeSpan.FromSeconds(1.5);
        Assert.IsType<WatchStep.GoOn>(Look("running", "running"));
        _now += TimeSpan.FromSeconds(1);
        Assert.IsType<WatchStep.Done>(Look("running", "running"));
    }

    [Fact]
    public void A_paused_update_is_a_failure()
    {
        var step = _watch.Next(View(new UpdateStatus { State = "paused", Message = "update paused due to failure" }, "running", "failed"), _now);

        Assert.Equal("service update paused: update paused due to failure", Assert.IsType<WatchStep.Failed>(step).Message);
    }

    [Fact]
    public void A_task_on_a_node_that_is_down_does_not_count()
    {
        var view = View(null, "running", "running") with { ActiveNodes = new HashSet<string> { "n1" } };

        _watch.Next(view, _now);

        Assert.StartsWith("overall progress: 1 out of 2 tasks\n", _out.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_service_of_no_replicas_converges()
    {
        var view = View(null) with { };
        view.Service.Spec.Mode.Replicated!.Replicas = 0;

        _watch.Next(view, _now);
        _now += TimeSpan.FromSeconds(3);

        Assert.IsType<WatchStep.Done>(_watch.Next(view, _now));
    }

    private WatchStep Look(params string[] states) => _watch.Next(View(null, states), _now);

    private static ServiceView View(UpdateStatus? status, params string[] states) => new(
        new Service
        {
            ID = "s1",
            UpdateStatus = status,
            Spec = new ServiceSpec
            {
                Mode = new ServiceMode { Replicated = new ReplicatedMode { Replicas = 2 } },
                UpdateConfig = new UpdateConfig { Monitor = 2_000_000_000 },
            },
        },
        [.. states.Select(static (state, i) => new SwarmTask
        {
            ID = $"t{i}",
            Slot = i + 1,
            NodeID = $"n{i + 1}",
            DesiredState = "running",
            Status = new Api.Swarm.TaskStatus { State = state },
        })],
        new HashSet<string> { "n1", "n2" });
}
