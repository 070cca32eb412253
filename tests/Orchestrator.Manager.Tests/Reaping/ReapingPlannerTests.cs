using Orchestrator.Manager.Reaping;
using Orchestrator.Model;

namespace Orchestrator.Manager.Tests.Reaping;

public sealed class ReapingPlannerTests
{
    private readonly World world = new();
    private readonly ReapingPlanner planner = new(new ReaperOptions());

    public ReapingPlannerTests() => world.Add(World.Node("n1"));

    [Fact]
    public void A_slot_keeps_its_newest_tasks_up_to_the_history_limit()
    {
        for (var i = 0; i < 8; i++)
        {
            world.Add(World.Task($"t{i}", "web", 1, TaskState.Failed, "n1") with { DesiredState = TaskState.Shutdown });
            world.Time.Advance(TimeSpan.FromSeconds(1));
        }

        world.Add(World.Task("live", "web", 1, TaskState.Running, "n1"));

        Assert.Equal(["t0", "t1", "t2", "t3"], planner.Plan(world.Root, world.Now).Forgotten.Select(t => t.Id.Value).ToArray());
    }

    [Fact]
    public void As_many_tasks_stay_as_the_restart_policy_has_to_count()
    {
        for (var i = 0; i < 12; i++)
        {
            var task = World.Task($"t{i:00}", "web", 1, TaskState.Failed, "n1") with
            {
                DesiredState = TaskState.Shutdown,
            };
            world.Add(task with { Spec = task.Spec with { Restart = new RestartPolicy { MaxAttempts = 9 } } });
        }

        Assert.Equal(2, planner.Plan(world.Root, world.Now).Forgotten.Length);
    }

    [Theory]
    [InlineData(TaskState.Running, NodeState.Ready, false)]
    [InlineData(TaskState.Shutdown, NodeState.Ready, true)]
    [InlineData(TaskState.Running, NodeState.Down, true)]
    [InlineData(TaskState.Pending, NodeState.Ready, true)]
    public void A_task_to_be_removed_is_forgotten_once_it_can_run_nowhere(
        TaskState state, NodeState node, bool forgotten)
    {
        world.Change(world.NodeNow("n1") with { Status = new NodeStatus { State = node } });
        world.Add(World.Task("t", "web", 1, state, "n1") with { DesiredState = TaskState.Remove });

        Assert.Equal(forgotten, planner.Plan(world.Root, world.Now).Forgotten.Length == 1);
    }

    [Fact]
    public void Tasks_of_a_node_that_was_removed_are_orphaned_at_once_and_of_one_that_is_down_after_a_day()
    {
        world.Add(World.Task("gone", "web", 1, TaskState.Running, "n9"), World.Task("down", "web", 2, TaskState.Running, "n1"));
        world.Change(world.NodeNow("n1") with { Status = new NodeStatus { State = NodeState.Down } });

        var plan = planner.Plan(world.Root, world.Now);
        Assert.Equal("gone", Assert.Single(plan.Orphaned).Id.Value);
        Assert.Equal(world.Now + TimeSpan.FromHours(24), plan.Wake);
        world.Time.Advance(TimeSpan.FromHours(24));

        Assert.Equal(2, planner.Plan(world.Root, world.Now).Orphaned.Length);
    }
}
