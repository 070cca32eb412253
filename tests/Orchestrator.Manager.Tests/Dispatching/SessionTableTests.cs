using Orchestrator.Manager.Dispatching;
using Orchestrator.Model;

namespace Orchestrator.Manager.Tests.Dispatching;

public sealed class SessionTableTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly NodeId Node = new("n1");

    private readonly SessionTable table = new();

    [Fact]
    public void A_node_that_beats_in_time_is_never_expired()
    {
        table.Register(Node, "s", Start.AddSeconds(6));

        for (var second = 2; second < 60; second += 2)
        {
            Assert.Empty(table.TakeExpired(Start.AddSeconds(second)));
            Assert.True(table.Touch(Node, "s", Start.AddSeconds(second + 6)));
        }
    }

    [Fact]
    public void A_silent_node_expires_once_and_has_to_register_again()
    {
        table.Register(Node, "s", Start.AddSeconds(6));

        Assert.Equal(Node, Assert.Single(table.TakeExpired(Start.AddSeconds(6))));
        Assert.Empty(table.TakeExpired(Start.AddSeconds(7)));
        Assert.False(table.Touch(Node, "s", Start.AddSeconds(13)));
    }

    [Fact]
    public void A_heartbeat_of_an_earlier_session_does_not_count()
    {
        table.Register(Node, "old", Start.AddSeconds(6));
        table.Register(Node, "new", Start.AddSeconds(6));

        Assert.False(table.Touch(Node, "old", Start.AddSeconds(60)));
    }

    [Fact]
    public void A_node_of_the_leader_before_expires_unless_it_comes()
    {
        table.Expect(Node, Start.AddSeconds(6));
        table.Expect(new NodeId("n2"), Start.AddSeconds(6));
        table.Register(Node, "s", Start.AddSeconds(9));

        Assert.Equal("n2", Assert.Single(table.TakeExpired(Start.AddSeconds(6))).Value);
        Assert.Equal(Start.AddSeconds(9), table.NextDeadline);
    }

    [Fact]
    public void An_expected_node_has_no_session_to_name()
    {
        table.Expect(Node, Start);

        Assert.False(table.Touch(Node, "", Start.AddSeconds(60)));
    }
}
