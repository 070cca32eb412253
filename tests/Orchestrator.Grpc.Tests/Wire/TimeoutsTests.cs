using FsCheck;
using FsCheck.Fluent;
using Orchestrator.Grpc.Wire;

namespace Orchestrator.Grpc.Tests.Wire;

public sealed class TimeoutsTests
{
    [Fact]
    public void A_timeout_is_never_sent_shorter_and_hardly_longer() =>
        Check.QuickThrowOnFailure(Prop.ForAll(
            Gen.Choose(0, 60).SelectMany(bits => Gen.Choose(0, int.MaxValue).Select(low => (1L << bits) + low))
                .ToArbitrary(),
            ticks =>
            {
                var text = Timeouts.Encode(new TimeSpan(ticks));
                var max = TimeSpan.FromHours(99_999_999);
                return text.Length <= 9
                    && Timeouts.TryDecode(text, out var back)
                    && (back == max || (back.Ticks >= ticks && back.Ticks <= ticks + Math.Max(10, ticks / 1000)));
            }));

    [Theory]
    [InlineData("1H", 36_000_000_000)]
    [InlineData("2M", 1_200_000_000)]
    [InlineData("3S", 30_000_000)]
    [InlineData("4m", 40_000)]
    [InlineData("5u", 50)]
    [InlineData("600n", 6)]
    public void Each_unit_is_understood(string text, long ticks)
    {
        Assert.True(Timeouts.TryDecode(text, out var timeout));
        Assert.Equal(ticks, timeout.Ticks);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("S")]
    [InlineData("1")]
    [InlineData("-1S")]
    [InlineData("1.5S")]
    [InlineData("1s")]
    [InlineData("123456789S")]
    public void What_is_no_timeout_is_ignored(string? text) => Assert.False(Timeouts.TryDecode(text, out _));
}
