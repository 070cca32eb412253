using Orchestrator.Build.Execution;

namespace Orchestrator.Build.Tests.Execution;

public sealed class OrderedOutputTests
{
    private readonly List<string> told = [];

    [Fact]
    public async Task Stages_are_told_of_in_order_however_they_speak()
    {
        using var output = Open(0, 2, 5);

        await SayAsync(output, 5, "e1");
        await SayAsync(output, 0, "a1");
        await SayAsync(output, 2, "c1");
        await output.CompleteAsync(2);
        await SayAsync(output, 0, "a2");
        Assert.Equal(["a1", "a2"], told);

        await output.CompleteAsync(0);
        await SayAsync(output, 5, "e2");
        Assert.Equal(["a1", "a2", "c1", "e1", "e2"], told);
    }

    [Fact]
    public async Task A_stage_that_fails_has_its_say_and_is_the_last_to()
    {
        using var output = Open(0, 1, 2);
        await SayAsync(output, 0, "a");
        await SayAsync(output, 1, "b");
        await SayAsync(output, 2, "c");

        await output.FailAsync(1);
        await output.FailAsync(2);
        await SayAsync(output, 0, "late");

        Assert.Equal(["a", "b"], told);
    }

    private OrderedOutput Open(params int[] stages) => new(stages, message =>
    {
        told.Add(((BuildMessage.Print)message).Text);
        return ValueTask.CompletedTask;
    });

    private static ValueTask SayAsync(OrderedOutput output, int stage, string text) =>
        output.WriteAsync(stage, new BuildMessage.Print(text));
}
