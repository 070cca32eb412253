using Orchestrator.Manager.Dispatching;
using Orchestrator.Model;

namespace Orchestrator.Manager.Tests.Dispatching;

public sealed class SessionTableTests
{
    private static readonly NodeId Node = new("n1");

    private readonly SessionTable table = new();

    [Fact]
    public void A_node_that_beats_in_time_is_never_expired()
    {
        table.Register(Node, "s", TimeSpan.FromSeconds(6));

        for (var second = 2; second < 60; second += 2)
        {
            Assert.Empty(table.TakeExpired(TimeSpan.FromSeconds(second)));
            Assert.True(table.Touch(Node, "s", TimeSpan.FromSeconds(second + 6)));
        }
    }

    [Fact]
    public void A_silent_node_expires_once_and_has_to_register_again()
    {
        table.Register(Node, "s", TimeSpan.FromSeconds(6));

        Assert.Equal(Node, Assert.Single(table.TakeExpired(TimeSpan.FromSeconds(6))));
        Assert.Empty(table.TakeExpired(TimeSpan.FromSeconds(7)));
        Assert.False(table.Touch(Node, "s", TimeSpan.FromSeconds(13)));
    }

    [Fact]
    public void A_heartbeat_of_an_earlier_session_does_not_count()
    {
        table.Register(Node, "old", TimeSpan.FromSeconds(6));
        table.Register(Node, "new", TimeSpan.FromSeconds(6));

        Assert.False(table.Touch(Node, "old", TimeSpan.FromSeconds(60)));
    }

    [Fact]
    public void A_node_of_the_leader_before_expires_unless_it_comes()
    {
        table.Expect(Node, TimeSpan.FromSeconds(6));
        table.Expect(new NodeId("n2"), TimeSpan.FromSeconds(6));
        table.Register(Node, "s", TimeSpan.FromSeconds(9));

        Assert.Equal("n2", Assert.Single(table.TakeExpired(TimeSpan.FromSeconds(6))).Value);
        Assert.Equal(TimeSpan.FromSeconds(9), table.NextDeadline);
    }

    [Fact]
    public void An_expected_node_has_no_session_to_name()
    {
        table.Expect(Node, TimeSpan.Zero);

        Assert.False(table.Touch(Node, "", TimeSpan.FromSeconds(60)));
    }

    [Fact]
    public void An_expected_node_has_no_session_and_one_that_came_has_until_it_is_late()
    {
        table.Expect(Node, TimeSpan.FromSeconds(6));
        Assert.False(table.HasSession(Node));

        table.Register(Node, "s", TimeSpan.FromSeconds(9));
        Assert.True(table.HasSession(Node));

        table.TakeExpired(TimeSpan.FromSeconds(9));
        Assert.False(table.HasSession(Node));
    }

    [Fact]
    public void More_time_is_for_those_that_have_less()
    {
        table.Register(Node, "s", TimeSpan.FromSeconds(6));
        table.Expect(new NodeId("n2"), TimeSpan.FromSeconds(12));

        table.Extend(TimeSpan.FromSeconds(9));

        Assert.Empty(table.TakeExpired(TimeSpan.FromSeconds(8)));
        Assert.Equal(Node, Assert.Single(table.TakeExpired(TimeSpan.FromSeconds(9))));
        Assert.Equal(TimeSpan.FromSeconds(12), table.NextDeadline);
    }
}
