namespace Orchestrator.Model.Tests.Objects;

public sealed class OrchTaskTests
{
    private static readonly OrchTask Task = new()
    {
        Id = new TaskId("t1"),
        NodeId = new NodeId("n1"),
        Spec = new TaskSpec { Container = new ContainerSpec { Image = "web" } },
        ServiceAnnotations = Annotations.Named("web"),
    };

    [Fact]
    public void A_task_of_a_replicated_service_is_named_after_its_slot() =>
        Assert.Equal("web.3.t1", (Task with { Slot = 3 }).Name);

    [Fact]
    public void A_task_of_a_global_service_is_named_after_its_node() => Assert.Equal("web.n1.t1", Task.Name);
}
