using System.Collections.Immutable;
using Orchestrator.Manager.Scheduling;
using Orchestrator.Model;

namespace Orchestrator.Manager.Tests.Scheduling;

public sealed class ConstraintTests
{
    private static readonly Node Node = World.Node("n1") with
    {
        Role = NodeRole.Manager,
        Status = new NodeStatus { State = NodeState.Ready, Address = "10.1.2.3" },
        Spec = new NodeSpec
        {
            Annotations = new Annotations("", ImmutableSortedDictionary<string, string>.Empty.Add("zone", "East")),
        },
    };

    [Theory]
    [InlineData("node.id == n1", true)]
    [InlineData("node.id != n1", false)]
    [InlineData("node.hostname==N1", true)]
    [InlineData("node.role==manager", true)]
    [InlineData("node.role != worker", true)]
    [InlineData("node.labels.zone==east", true)]
    [InlineData("node.labels.zone!=east", false)]
    [InlineData("node.labels.rack==1", false)]
    [InlineData("node.labels.rack!=1", true)]
    [InlineData("engine.labels.gpu==yes", false)]
    [InlineData("node.platform.os==linux", true)]
    [InlineData("node.platform.arch==x86_64", true)]
    [InlineData("node.ip==10.1.2.3", true)]
    [InlineData("node.ip==10.1.0.0/16", true)]
    [InlineData("node.ip!=10.2.0.0/16", true)]
    public void A_constraint_holds_or_does_not(string text, bool holds)
    {
        Assert.True(Constraint.TryParse(text, out var constraint, out _));

        Assert.Equal(holds, constraint.Matches(Node));
    }

    [Theory]
    [InlineData("")]
    [InlineData("node.role")]
    [InlineData("node.role=manager")]
    [InlineData("node.role==boss")]
    [InlineData("node.size==big")]
    [InlineData("node.labels.==x")]
    [InlineData("node.ip==east")]
    [InlineData("node.id==")]
    public void What_is_no_constraint_is_refused_with_a_reason(string text)
    {
        Assert.False(Constraint.TryParse(text, out _, out var fault));

        Assert.NotEmpty(fault!);
    }
}
