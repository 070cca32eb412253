using Orchestrator.Model;

namespace Orchestrator.Manager.Tests.Orchestration;

public sealed class UpdatePlannerTests
{
    private readonly World world = new();

    public UpdatePlannerTests() => world.Add(World.Node("n1"));

    [Fact]
    public void As_many_slots_are_replaced_at_once_as_the_parallelism_says()
    {
        Run(5, new UpdateConfig { Parallelism = 2 });

        world.Respec("web", NewImage);
        world.Orchestrate();
        world.Orchestrate();

        Assert.Equal(2, Count("web:2"));
        Assert.Equal(UpdateState.Updating, Status.State);
    }

    [Fact]
    public void Parallelism_zero_replaces_all_at_once()
    {
        Run(5, new UpdateConfig { Parallelism = 0 });

        world.Respec("web", NewImage);
        world.Orchestrate();

        Assert.Equal(5, Count("web:2"));
    }

    [Fact]
    public void The_next_slot_waits_for_the_delay_after_the_one_before_runs()
    {
        Run(2, new UpdateConfig { Delay = TimeSpan.FromSeconds(10) });
        world.Respec("web", NewImage);
        Step();
        Step();

        Step();
        world.Time.Advance(TimeSpan.FromSeconds(9));
        Step();
        Assert.Equal(1, Count("web:2"));
        world.Time.Advance(TimeSpan.FromSeconds(1));
        Step();

        Assert.Equal(2, Count("web:2"));
    }

    [Fact]
    public void Stop_first_starts_the_new_task_when_the_old_one_has_stopped()
    {
        Run(1, new UpdateConfig());

        world.Respec("web", NewImage);
        world.Orchestrate();
        Assert.Equal(TaskState.Ready, Assert.Single(world.Live()).DesiredState);
        world.Obey();
        world.Orchestrate();

        Assert.Equal(TaskState.Running, Assert.Single(world.Live()).DesiredState);
    }

    [Fact]
    public void Start_first_keeps_the_old_task_until_the_new_one_runs()
    {
        Run(1, new UpdateConfig { Order = UpdateOrder.StartFirst });

        world.Respec("web", NewImage);
        world.Orchestrate();
        Assert.Equal(2, world.Live().Count);
        world.Obey();
        world.Orchestrate();

        Assert.Equal("web:2", Assert.Single(world.Live()).Spec.Container.Image);
    }

    [Fact]
    public void An_update_is_complete_only_after_the_last_task_was_monitored()
    {
        Run(1, new UpdateConfig { Monitor = TimeSpan.FromSeconds(5) });
        world.Respec("web", NewImage);
        Step();
        Step();
        Step();
        Assert.Equal(UpdateState.Updating, Status.State);

        world.Time.Advance(TimeSpan.FromSeconds(5));
        Step();

        Assert.Equal(UpdateState.Completed, Status.State);
        Assert.Equal("update completed", Status.Message);
    }

    [Fact]
    public void A_failure_while_monitored_pauses_the_update_and_leaves_the_other_slots_alone()
    {
        Run(3, new UpdateConfig());
        world.Respec("web", NewImage);
        Step();
        Step();
        Step();

        world.Report(world.Live().First(t => t.Spec.Container.Image == "web:2"), TaskState.Failed);
        Step();
        world.Time.Advance(TimeSpan.FromMinutes(5));
        Step();

        Assert.Equal(UpdateState.Paused, Status.State);
        Assert.StartsWith("update paused due to failure or early termination of task", Status.Message, StringComparison.Ordinal);
        Assert.True(Count("web:1") >= 1);
    }

    [Fact]
    public void A_failure_rolls_back_to_the_spec_before()
    {
        Run(2, new UpdateConfig { FailureAction = UpdateFailureAction.Rollback });
        world.Respec("web", NewImage);
        Step();

        world.Report(world.Live().First(t => t.Spec.Container.Image == "web:2"), TaskState.Rejected);
        for (var i = 0; i < 10; i++)
        {
            world.Time.Advance(TimeSpan.FromSeconds(6));
            Step();
        }

        Assert.Equal(UpdateState.RollbackCompleted, Status.State);
        Assert.Equal(2, Count("web:1"));
        Assert.Equal(0, Count("web:2"));
    }

    [Fact]
    public void Failures_below_the_ratio_do_not_stop_an_update()
    {
        Run(4, new UpdateConfig { MaxFailureRatio = 0.5f });
        world.Respec("web", NewImage);
        Step();
        Step();
        world.Report(world.Live().First(t => t.Spec.Container.Image == "web:2"), TaskState.Failed);

        for (var i = 0; i < 30; i++)
        {
            world.Time.Advance(TimeSpan.FromSeconds(6));
            Step();
        }

        Assert.Equal(UpdateState.Completed, Status.State);
        Assert.Equal(4, Count("web:2"));
    }

    [Fact]
    public void Scaling_replaces_nothing_and_is_no_update()
    {
        Run(2, new UpdateConfig());
        var before = world.Live().Select(t => t.Id).ToList();

        world.Respec("web", spec => spec with { Mode = new ServiceMode.Replicated(3) });
        world.Orchestrate();

        Assert.Equal(before, world.Live().Take(2).Select(t => t.Id).ToList());
        Assert.Null(world.Root.Services.Get("web")!.UpdateStatus);
    }

    [Fact]
    public void A_changed_placement_leaves_tasks_whose_node_still_fits()
    {
        Run(1, new UpdateConfig());
        var before = world.Live()[0].Id;

        world.Respec("web", spec => spec with
        {
            Task = spec.Task with { Placement = new Placement { Constraints = ["node.id==n1"] } },
        });
        world.Orchestrate();

        Assert.Equal(before, Assert.Single(world.Live()).Id);
    }

    private UpdateStatus Status => world.Root.Services.Get("web")!.UpdateStatus!;

    private static ServiceSpec NewImage(ServiceSpec spec) =>
        spec with { Task = spec.Task with { Container = new ContainerSpec { Image = "web:2" } } };

    private int Count(string image) => world.Live().Count(t => t.Spec.Container.Image == image);

    private void Step()
    {
        world.Orchestrate();
        world.Obey();
    }

    private void Run(ulong replicas, UpdateConfig update)
    {
        var service = World.Service("web", replicas);
        world.Add(service with { Spec = service.Spec with { Update = update } });
        Step();
        world.Time.Advance(TimeSpan.FromMinutes(1));
        world.Orchestrate();
    }
}
