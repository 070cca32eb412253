using Orchestrator.Network.Dns;
using Orchestrator.Testing;

namespace Orchestrator.Network.Tests.Dns;

public sealed class ServerHealthTests
{
    [Fact]
    public void A_server_that_was_silent_is_asked_last_until_it_answers_or_a_while_has_passed()
    {
        var time = new ManualTime();
        var health = new ServerHealth(time);

        health.Silent("a");
        Assert.Equal(["b", "c", "a"], health.Order(["a", "b", "c"]));
        health.Silent("c");
        Assert.Equal(["b", "a", "c"], health.Order(["a", "b", "c"]));
        health.Answered("a");
        Assert.Equal(["a", "b", "c"], health.Order(["a", "b", "c"]));
        time.Advance(ServerHealth.Doubt);
        Assert.Equal(["c", "a"], health.Order(["c", "a"]));
    }

    [Fact]
    public void What_is_done_to_the_calendar_makes_no_doubt_longer_and_none_shorter()
    {
        var time = new ManualTime();
        var health = new ServerHealth(time);
        health.Silent("a");

        time.Correct(TimeSpan.FromHours(1));
        Assert.Equal(["b", "a"], health.Order(["a", "b"]));
        time.Correct(TimeSpan.FromHours(-2));
        time.Advance(ServerHealth.Doubt);
        Assert.Equal(["a", "b"], health.Order(["a", "b"]));
    }
}
