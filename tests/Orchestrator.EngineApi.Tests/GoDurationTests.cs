namespace Orchestrator.EngineApi.Tests;

public sealed class GoDurationTests
{
    [Theory]
    [InlineData("1h30m", 5400)]
    [InlineData("1.5s", 1.5)]
    [InlineData("300ms", 0.3)]
    public void Gos_durations_are_understood(string text, double seconds)
    {
        Assert.True(GoDuration.TryParse(text, out var duration));
        Assert.Equal(seconds, duration.TotalSeconds, 6);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("1x")]
    [InlineData("h")]
    public void What_is_no_duration_is_not_taken_for_one(string text) => Assert.False(GoDuration.TryParse(text, out _));
}
