namespace Orchestrator.Model.Tests;

public sealed class TaskStateTests
{
    [Theory]
    [InlineData(TaskState.New, false)]
    [InlineData(TaskState.Pending, false)]
    [InlineData(TaskState.Assigned, false)]
    [InlineData(TaskState.Preparing, false)]
    [InlineData(TaskState.Ready, false)]
    [InlineData(TaskState.Starting, false)]
    [InlineData(TaskState.Running, false)]
    [InlineData(TaskState.Complete, true)]
    [InlineData(TaskState.Shutdown, true)]
    [InlineData(TaskState.Failed, true)]
    [InlineData(TaskState.Rejected, true)]
    [InlineData(TaskState.Orphaned, true)]
    public void A_task_that_ended_in_any_way_is_terminal_and_no_other(TaskState state, bool terminal) =>
        Assert.Equal(terminal, state.IsTerminal());

    [Fact]
    public void States_are_declared_in_the_order_a_task_passes_them()
    {
        var declared = Enum.GetNames<TaskState>().Select(Enum.Parse<TaskState>).ToArray();

        Assert.Equal(declared.OrderBy(s => (int)s), declared);
        Assert.Equal((0, 64, 512, 832), (
            (int)TaskState.New, (int)TaskState.Pending, (int)TaskState.Running, (int)TaskState.Orphaned));
    }
}
