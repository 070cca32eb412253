using Orchestrator.Cli.Output;

namespace Orchestrator.Cli.Tests.Output;

public sealed class UnitsTests
{
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
