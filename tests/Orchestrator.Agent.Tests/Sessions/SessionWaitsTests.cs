using Orchestrator.Agent.Sessions;

namespace Orchestrator.Agent.Tests.Sessions;

public sealed class SessionWaitsTests
{
    private readonly SessionWaits waits = new(TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(300));

    [Fact]
    public void Each_wait_is_longer_than_the_last_one_by_half_of_the_first_up_to_the_longest() =>
        Assert.Equal([100, 150, 200, 250, 300, 300], Waits(6));

    [Fact]
    public void A_session_that_begins_makes_the_next_wait_the_first_one_again()
    {
        Waits(4);

        waits.Begun();

        Assert.Equal([100, 150], Waits(2));
    }

    [Fact]
    public void A_leader_that_is_known_is_tried_after_the_shortest_wait_and_a_guess_after_it_waits_its_time()
    {
        Waits(2);

        Assert.Equal(100, waits.Next(knowsLeader: true).TotalMilliseconds);
        Assert.Equal([250], Waits(1));
    }

    private double[] Waits(int count) =>
        [.. Enumerable.Range(0, count).Select(_ => waits.Next(knowsLeader: false).TotalMilliseconds)];
}
