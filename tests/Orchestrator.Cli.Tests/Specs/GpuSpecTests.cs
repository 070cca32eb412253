using Orchestrator.Cli.Specs;

namespace Orchestrator.Cli.Tests.Specs;

public sealed class GpuSpecTests
{
    [Theory]
    [InlineData("all", -1, "")]
    [InlineData("2", 2, "")]
    [InlineData("count=3,driver=nvidia", 3, "nvidia")]
    [InlineData("driver=nvidia", 1, "nvidia")]
    public void A_request_is_a_number_of_devices_of_a_driver(string text, int count, string driver)
    {
        var request = GpuSpec.Parse(text);

        Assert.Equal((count, driver), (request.Count, request.Driver));
        Assert.Equal(["gpu"], Assert.Single(request.Capabilities!));
    }

    [Fact]
    public void Devices_by_name_are_not_counted() =>
        Assert.Equal(["0", "1"], GpuSpec.Parse("\"device=0,1\"").DeviceIDs!);

    [Theory]
    [InlineData("many")]
    [InlineData("colour=red")]
    public void What_means_nothing_is_refused(string text) =>
        Assert.Throws<FormatException>(() => GpuSpec.Parse(text));
}
