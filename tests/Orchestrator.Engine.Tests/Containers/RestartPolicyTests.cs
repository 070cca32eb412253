using Orchestrator.Engine.Containers;

namespace Orchestrator.Engine.Tests.Containers;

public sealed class RestartPolicyTests
{
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(1);

    [Fact]
    public void The_wait_doubles_from_a_tenth_of_a_second_to_a_minute()
    {
        var policy = new RestartPolicy(RestartCondition.Always);

        var delays = new List<TimeSpan>();
        for (var (at, delay) = (0, TimeSpan.Zero); at < 12; at++)
            delays.Add(delay = policy.DelayAfter(1, at, stoppedByUser: false, delay, Short)!.Value);

        Assert.Equal([100, 200, 400, 800], delays.Take(4).Select(delay => delay.TotalMilliseconds));
        Assert.Equal(TimeSpan.FromMinutes(1), delays[^1]);
    }

    [Fact]
    public void A_run_of_ten_seconds_begins_the_doubling_anew()
    {
        var policy = new RestartPolicy(RestartCondition.Always);

        var delay = policy.DelayAfter(1, 9, stoppedByUser: false, TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(10));

        Assert.Equal(TimeSpan.FromMilliseconds(100), delay);
    }

    [Theory]
    [InlineData(RestartCondition.No, 1, 0, false)]
    [InlineData(RestartCondition.Always, 0, 99, true)]
    [InlineData(RestartCondition.OnFailure, 0, 0, false)]
    [InlineData(RestartCondition.OnFailure, 1, 2, true)]
    [InlineData(RestartCondition.OnFailure, 1, 3, false)]
    public void What_ended_by_itself_is_restarted_as_the_policy_says(
        RestartCondition condition, int exitCode, int restarts, bool again)
    {
        var policy = new RestartPolicy(condition, condition == RestartCondition.OnFailure ? 3 : 0);

        var delay = policy.DelayAfter(exitCode, restarts, stoppedByUser: false, TimeSpan.Zero, Short);

        Assert.Equal(again, delay is not null);
    }

    [Fact]
    public void What_a_user_stopped_stays_down_until_the_daemon_starts_and_then_only_always_comes_back()
    {
        foreach (var condition in Enum.GetValues<RestartCondition>())
        {
            var policy = new RestartPolicy(condition);

            Assert.Null(policy.DelayAfter(137, 0, stoppedByUser: true, TimeSpan.Zero, Short));
            Assert.Equal(
                condition == RestartCondition.Always,
                policy.StartsWithDaemon(wasRunning: false, stoppedByUser: true, exitCode: 0));
        }
    }
}
