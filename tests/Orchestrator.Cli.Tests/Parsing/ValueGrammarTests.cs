using FsCheck;
using FsCheck.Fluent;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Tests.Parsing;

public sealed class ValueGrammarTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("10s", 10_000_000_000)]
    [InlineData("1m30s", 90_000_000_000)]
    [InlineData("1.5h", 5_400_000_000_000)]
    [InlineData("200ms", 200_000_000)]
    [InlineData("-5us", -5_000)]
    public void A_duration_is_read(string text, long nanoseconds) => Assert.Equal(nanoseconds, GoDuration.Parse(text));

    [Theory]
    [InlineData("5", "time: missing unit in duration \"5\"")]
    [InlineData("5x", "time: unknown unit \"x\" in duration \"5x\"")]
    [InlineData("", "time: invalid duration \"\"")]
    [InlineData("s", "time: invalid duration \"s\"")]
    public void A_bad_duration_is_named(string text, string message) =>
        Assert.Equal(message, Assert.Throws<FormatException>(() => GoDuration.Parse(text)).Message);

    [Fact]
    public void A_duration_reads_back_as_it_was_printed() =>
        Prop.ForAll<int, int>((seconds, nanoseconds) =>
        {
            var value = (seconds * 1_000_000_000L) + nanoseconds;
            return GoDuration.Parse(GoDuration.Format(value)) == value;
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("1024", 1024)]
    [InlineData("512m", 512L << 20)]
    [InlineData("1.5g", 3L << 29)]
    [InlineData("2GiB", 2L << 30)]
    [InlineData("64KB", 64L << 10)]
    [InlineData("10b", 10)]
    [InlineData("-1", -1)]
    public void A_size_is_read(string text, long bytes) => Assert.Equal(bytes, ByteSize.Parse(text));

    [Theory]
    [InlineData("xx")]
    [InlineData("m")]
    [InlineData("1q")]
    [InlineData("-2")]
    public void A_bad_size_is_named(string text) =>
        Assert.Equal($"invalid size: '{text}'", Assert.Throws<FormatException>(() => ByteSize.Parse(text)).Message);

    [Theory]
    [InlineData("0.5", 500_000_000)]
    [InlineData("2", 2_000_000_000)]
    [InlineData("0.000000001", 1)]
    public void Cpus_are_read_in_billionths(string text, long nano) => Assert.Equal(nano, NanoCpus.Parse(text));

    [Theory]
    [InlineData("x")]
    [InlineData("-1")]
    [InlineData("0.0000000001")]
    public void Bad_cpus_are_refused(string text) => Assert.Throws<FormatException>(() => NanoCpus.Parse(text));

    [Fact]
    public void A_quoted_field_may_hold_a_comma()
    {
        var fields = CsvFields.Parse("Type=bind,\"source=/a,b\",ro");

        Assert.Equal([("type", "bind"), ("source", "/a,b"), ("ro", null)], fields);
    }
}
