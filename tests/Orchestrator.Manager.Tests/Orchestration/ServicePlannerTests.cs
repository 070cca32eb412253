using Orchestrator.Model;

namespace Orchestrator.Manager.Tests.Orchestration;

public sealed class ServicePlannerTests
{
    private readonly World world = new();

    public ServicePlannerTests() => world.Add(World.Node("n1"), World.Node("n2"));

    [Fact]
    public void A_service_gets_one_task_a_replica_and_no_more_in_the_next_pass()
    {
        world.Add(World.Service("web", 3));

        world.Orchestrate();
        world.Orchestrate();

        Assert.Equal([1UL, 2, 3], world.Live().Select(t => t.Slot).ToArray());
    }

    [Fact]
    public void A_failed_task_is_replaced_after_the_restart_delay()
    {
        Run(1);
        world.Report(world.Live()[0], TaskState.Failed);

        var wake = world.Orchestrate();

        var replacement = Assert.Single(world.Live());
        Assert.Equal(TaskState.Ready, replacement.DesiredState);
        Assert.Equal(world.Now + TimeSpan.FromSeconds(5), wake);
        world.Time.Advance(TimeSpan.FromSeconds(5));
        world.Orchestrate();
        Assert.Equal(TaskState.Running, Assert.Single(world.Live()).DesiredState);
    }

    [Fact]
    public void The_task_of_a_lost_node_is_replaced_at_once()
    {
        Run(1);
        var lost = world.Live()[0];
        world.Change(world.NodeNow("n1") with { Status = new NodeStatus { State = NodeState.Down } });

        world.Orchestrate();

        var replacement = Assert.Single(world.Live());
        Assert.NotEqual(lost.Id, replacement.Id);
        Assert.Equal(TaskState.Running, replacement.DesiredState);
        Assert.Equal(TaskState.Shutdown, world.Root.Tasks.Get(lost.Id.Value)!.DesiredState);
    }

    [Fact]
    public void The_replacement_on_a_drained_node_starts_when_the_old_task_has_stopped()
    {
        Run(1);
        world.Change(world.NodeNow("n1") with { Spec = new NodeSpec { Availability = NodeAvailability.Drain } });

        world.Orchestrate();
        Assert.Equal(TaskState.Ready, Assert.Single(world.Live()).DesiredState);
        world.Obey("n2");
        world.Orchestrate();

        Assert.Equal(TaskState.Running, Assert.Single(world.Live()).DesiredState);
    }

    [Fact]
    public void A_replacement_waits_for_a_task_that_does_not_stop_for_a_minute_only()
    {
        Run(1);
        world.Change(world.NodeNow("n1") with { Spec = new NodeSpec { Availability = NodeAvailability.Drain } });
        world.Orchestrate();

        world.Time.Advance(TimeSpan.FromMinutes(1));
        world.Orchestrate();

        Assert.Equal(TaskState.Running, Assert.Single(world.Live()).DesiredState);
    }

    [Fact]
    public void A_paused_node_keeps_its_tasks()
    {
        Run(2);
        world.Change(world.NodeNow("n1") with { Spec = new NodeSpec { Availability = NodeAvailability.Pause } });

        world.Orchestrate();

        Assert.Equal(2, world.Root.Tasks.Count);
    }

    [Theory]
    [InlineData(RestartCondition.None, TaskState.Failed, false)]
    [InlineData(RestartCondition.OnFailure, TaskState.Failed, true)]
    [InlineData(RestartCondition.OnFailure, TaskState.Complete, false)]
    [InlineData(RestartCondition.Any, TaskState.Complete, true)]
    public void Whether_a_task_that_ended_is_replaced_is_the_policys_to_say(
        RestartCondition condition, TaskState end, bool replaced)
    {
        Run(1, new RestartPolicy { Condition = condition });
        world.Report(world.Live()[0], end);

        world.Orchestrate();

        Assert.Equal(replaced, world.Live().Count == 1);
    }

    [Fact]
    public void No_more_attempts_are_made_than_the_policy_allows()
    {
        Run(1, new RestartPolicy { Delay = TimeSpan.Zero, MaxAttempts = 2 });

        for (var i = 0; i < 6; i++)
            FailAll();

        Assert.Empty(world.Live());
        Assert.Equal(3, world.Root.Tasks.Count);
    }

    [Fact]
    public void Attempts_outside_the_window_do_not_count()
    {
        Run(1, new RestartPolicy { Delay = TimeSpan.Zero, MaxAttempts = 2, Window = TimeSpan.FromMinutes(1) });

        for (var i = 0; i < 6; i++)
        {
            world.Time.Advance(TimeSpan.FromMinutes(1));
            FailAll();
        }

        Assert.Single(world.Live());
    }

    [Fact]
    public void Scaling_down_takes_idle_slots_first_then_from_the_fullest_node()
    {
        world.Add(World.Service("web", 4));
        world.Add(
            World.Task("a", "web", 1, TaskState.Running, "n1"), World.Task("b", "web", 2, TaskState.Running, "n1"),
            World.Task("c", "web", 3, TaskState.Running, "n2"), World.Task("d", "web", 4, TaskState.Assigned, "n2"));

        world.Respec("web", spec => spec with { Mode = new ServiceMode.Replicated(2) });
        world.Orchestrate();

        Assert.Equal(["a", "c"], world.Live().Select(t => t.Id.Value).ToArray());
    }

    [Fact]
    public void A_global_service_has_one_task_on_every_active_node_that_fits()
    {
        world.Add(World.Node("n3", NodeState.Down), World.Node("n4"));
        world.Change(world.NodeNow("n4") with { Spec = new NodeSpec { Availability = NodeAvailability.Pause } });
        world.Add(World.Service("log", 0) with
        {
            Spec = World.Service("log", 0).Spec with { Mode = new ServiceMode.Global() },
        });

        world.Orchestrate();
        Assert.Equal(["n1", "n2"], world.Live().Select(t => t.NodeId.Value).Order().ToArray());
        world.Add(World.Node("n5"));
        world.Orchestrate();

        Assert.Equal(["n1", "n2", "n5"], world.Live().Select(t => t.NodeId.Value).Order().ToArray());
    }

    [Fact]
    public void A_task_leaves_a_node_that_no_longer_meets_its_constraints()
    {
        var label = System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty.Add("zone", "east");
        world.Change(world.NodeNow("n1") with { Spec = new NodeSpec { Annotations = new Annotations("", label) } });
        Run(1, placement: new Placement { Constraints = ["node.labels.zone==east"] });
        var old = world.Live()[0];

        world.Change(world.NodeNow("n1") with { Spec = new NodeSpec() });
        world.Orchestrate();

        Assert.NotEqual(old.Id, Assert.Single(world.Live()).Id);
    }

    private void Run(ulong replicas, RestartPolicy? restart = null, Placement? placement = null)
    {
        var service = World.Service("web", replicas);
        var task = service.Spec.Task with
        {
            Restart = restart ?? new RestartPolicy(), Placement = placement ?? new Placement(),
        };
        world.Add(service with { Spec = service.Spec with { Task = task } });
        world.Orchestrate();
        world.Obey();
    }

    private void FailAll()
    {
        world.Obey();
        foreach (var task in world.Live())
            world.Report(task, TaskState.Failed);
        world.Orchestrate();
        world.Time.Advance(TimeSpan.FromMilliseconds(1));
        world.Orchestrate();
    }
}
