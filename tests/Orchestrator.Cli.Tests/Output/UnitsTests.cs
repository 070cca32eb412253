using Orchestrator.Cli.Output;

namespace Orchestrator.Cli.Tests.Output;

public sealed class UnitsTests
{
    [Theory]
    [InlineData(0.4, "Less than a second")]
    [InlineData(1, "1 second")]
    [InlineData(59, "59 seconds")]
    [InlineData(60, "About a minute")]
    [InlineData(150, "2 minutes")]
    [InlineData(3600, "About an hour")]
    [InlineData(7200, "2 hours")]
    [InlineData(86400 * 3, "3 days")]
    [InlineData(86400 * 15, "2 weeks")]
    [InlineData(86400 * 90, "3 months")]
    [InlineData(86400.0 * 365 * 3, "3 years")]
    public void An_age_is_rounded_as_docker_rounds_it(double seconds, string expected) =>
        Assert.Equal(expected, Units.Age(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData(0, "0B")]
    [InlineData(999, "999B")]
    [InlineData(1234, "1.23kB")]
    [InlineData(4_260_000, "4.26MB")]
    [InlineData(123_456_789, "123MB")]
    public void A_size_has_three_digits(double bytes, string expected) => Assert.Equal(expected, Units.Size(bytes, 3));

    [Theory]
    [InlineData(1536, "1.5KiB")]
    [InlineData(24L << 30, "24GiB")]
    public void Memory_is_counted_in_1024s(double bytes, string expected) => Assert.Equal(expected, Units.BinarySize(bytes));
}
