namespace Orchestrator.Raft.Tests;

public sealed class RaftOptionsTests
{
    [Fact]
    public void The_defaults_are_usable() => Assert.Empty(new RaftOptions().Faults());

    [Fact]
    public void An_election_timeout_close_to_the_heartbeat_is_refused_with_its_remedy()
    {
        var fault = Assert.Single(new RaftOptions { HeartbeatTicks = 3, ElectionTicks = 10 }.Faults());

        Assert.Contains("raft.election-ticks is 10; set 15 or more", fault, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(
            () => new RaftCore(1, new RaftOptions { HeartbeatTicks = 3 }, RecoveredLog.Empty, seed: 1));
    }
}
