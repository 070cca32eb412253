using Orchestrator.Manager.Dispatching;
using Orchestrator.Model;

namespace Orchestrator.Manager.Tests.Dispatching;

public sealed class TaskStatusRuleTests
{
    private static readonly OrchTask Task = World.Task("t", "web", 1, TaskState.Starting, "n1");

    [Theory]
    [InlineData(TaskState.Running, true)]
    [InlineData(TaskState.Failed, true)]
    [InlineData(TaskState.Preparing, false)]
    public void Only_a_later_state_is_taken(TaskState reported, bool taken) =>
        Assert.Equal(taken, TaskStatusRule.Merge(Task, new NodeId("n1"), new Model.TaskStatus
        {
            State = reported,
        }) is not null);

    [Fact]
    public void A_node_reports_its_own_tasks_only() =>
        Assert.Null(TaskStatusRule.Merge(Task, new NodeId("n2"), new Model.TaskStatus { State = TaskState.Running }));

    [Fact]
    public void An_ended_task_stays_as_it_ended()
    {
        var ended = Task with { Status = new Model.TaskStatus { State = TaskState.Failed } };

        Assert.Null(TaskStatusRule.Merge(ended, new NodeId("n1"), new Model.TaskStatus { State = TaskState.Orphaned }));
    }

    [Fact]
    public void The_same_report_again_changes_nothing()
    {
        var again = Task.Status with { Timestamp = DateTimeOffset.UnixEpoch.AddHours(1) };

        Assert.Null(TaskStatusRule.Merge(Task, new NodeId("n1"), again));
    }

    [Fact]
    public void A_task_that_is_gone_is_no_error() =>
        Assert.Null(TaskStatusRule.Merge(null, new NodeId("n1"), new Model.TaskStatus { State = TaskState.Running }));
}
