using FsCheck;
using FsCheck.Fluent;
using Orchestrator.Agent.Tasks;
using Orchestrator.Model;

namespace Orchestrator.Agent.Tests.Tasks;

public sealed class TaskMachineTests
{
    [Fact]
    public void A_failed_task_never_runs_again()
    {
        var failed = new TaskView(TaskState.Failed, TaskState.Running);

        var (next, effects) = TaskMachine.Step(failed, new TaskEvent.Started("c1", 42));

        Assert.Equal(failed, next);
        Assert.Empty(effects);
    }

    [Fact]
    public void A_task_wanted_only_ready_is_prepared_but_not_started()
    {
        var (view, effects) = Run(
            new(TaskState.Assigned, TaskState.Ready), new TaskEvent.Accepted(), new TaskEvent.Prepared());

        Assert.Equal(TaskState.Ready, view.Observed);
        Assert.DoesNotContain(new TaskEffect.Start(), effects);
    }

    [Fact]
    public void A_parked_task_starts_when_it_is_wanted_running()
    {
        var (view, effects) = Run(
            new(TaskState.Ready, TaskState.Ready), new TaskEvent.DesiredChanged(TaskState.Running));

        Assert.Equal(TaskState.Starting, view.Observed);
        Assert.Contains(new TaskEffect.Start(), effects);
    }

    [Fact]
    public void A_task_that_cannot_be_prepared_is_rejected_with_the_reason()
    {
        var (view, effects) = Run(
            new(TaskState.Assigned, TaskState.Running),
            new TaskEvent.Accepted(), new TaskEvent.PrepareFailed("No such image: nope:latest"));

        Assert.Equal(TaskState.Rejected, view.Observed);
        Assert.Contains(effects, e => e is TaskEffect.Report { Error: "No such image: nope:latest" });
    }

    [Fact]
    public void A_container_that_starts_after_it_was_no_longer_wanted_is_stopped()
    {
        var (view, effects) = Run(
            new(TaskState.Starting, TaskState.Running),
            new TaskEvent.DesiredChanged(TaskState.Shutdown), new TaskEvent.Started("c1", 42));

        Assert.Equal(2, effects.Count(e => e is TaskEffect.Stop)); // The first one met no process.
        Assert.Equal(TaskState.Running, view.Observed);
    }

    [Fact]
    public void A_stopped_task_is_shut_down_whatever_its_exit_code()
    {
        var (view, _) = Run(
            new(TaskState.Running, TaskState.Running),
            new TaskEvent.DesiredChanged(TaskState.Shutdown), new TaskEvent.Exited(143, ""));

        Assert.Equal(TaskState.Shutdown, view.Observed);
    }

    [Fact]
    public void No_order_of_events_takes_a_task_backwards()
    {
        var events = Gen.OneOf(
            Gen.Constant<TaskEvent>(new TaskEvent.Accepted()),
            Gen.Constant<TaskEvent>(new TaskEvent.Prepared()),
            Gen.Constant<TaskEvent>(new TaskEvent.PrepareFailed("e")),
            Gen.Constant<TaskEvent>(new TaskEvent.Started("c", 1)),
            Gen.Constant<TaskEvent>(new TaskEvent.StartFailed("e")),
            Gen.Choose(0, 2).Select(code => (TaskEvent)new TaskEvent.Exited(code, "")),
            Gen.Elements(Enum.GetValues<TaskState>()).Select(s => (TaskEvent)new TaskEvent.DesiredChanged(s)));

        Prop.ForAll(Arb.From(Gen.ListOf(events)), sequence =>
        {
            var view = new TaskView(TaskState.Assigned, TaskState.Running);
            foreach (var @event in sequence)
            {
                var (next, effects) = TaskMachine.Step(view, @event);
                Assert.True(next.Observed >= view.Observed && next.Desired >= view.Desired);
                var reported = effects.OfType<TaskEffect.Report>().Select(r => r.State).ToList();
                Assert.Equal(reported.Order(), reported);
                if (next.Observed != view.Observed)
                    Assert.Equal(next.Observed, reported[^1]); // Whatever changed is reported.
                view = next;
            }
        }).QuickCheckThrowOnFailure();
    }

    private static (TaskView View, List<TaskEffect> Effects) Run(TaskView view, params TaskEvent[] events)
    {
        var effects = new List<TaskEffect>();
        foreach (var @event in events)
        {
            (view, var more) = TaskMachine.Step(view, @event);
            effects.AddRange(more);
        }

        return (view, effects);
    }
}
