using Orchestrator.Build.Planning;

namespace Orchestrator.Build.Tests.Planning;

public sealed class HistoryTextTests
{
    [Theory]
    [InlineData(0, "0s")]
    [InlineData(1.5, "1.5s")]
    [InlineData(30, "30s")]
    [InlineData(90, "1m30s")]
    [InlineData(3600, "1h0m0s")]
    public void A_time_reads_as_in_dockers_history(double seconds, string expected) =>
        Assert.Equal(expected, HistoryText.Duration(TimeSpan.FromSeconds(seconds)));

    [Fact]
    public void A_list_reads_as_in_dockers_history() =>
        Assert.Equal("""["sh" "-c" "echo \"x\""]""", HistoryText.Quoted(["sh", "-c", "echo \"x\""]));
}
