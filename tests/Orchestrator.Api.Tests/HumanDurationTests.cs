namespace Orchestrator.Api.Tests;

public sealed class HumanDurationTests
{
    [Theory]
    [InlineData(0.4, "Less than a second")]
    [InlineData(1, "1 second")]
    [InlineData(59, "59 seconds")]
    [InlineData(60, "About a minute")]
    [InlineData(150, "2 minutes")]
    [InlineData(3600, "About an hour")]
    [InlineData(3 * 3600, "3 hours")]
    [InlineData(3 * 86400, "3 days")]
    [InlineData(15 * 86400, "2 weeks")]
    [InlineData(90 * 86400, "3 months")]
    [InlineData(800 * 86400, "2 years")]
    public void A_span_is_said_in_dockers_words(double seconds, string words) =>
        Assert.Equal(words, HumanDuration.Of(TimeSpan.FromSeconds(seconds)));
}
