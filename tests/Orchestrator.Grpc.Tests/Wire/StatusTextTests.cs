using FsCheck;
using FsCheck.Fluent;
using Orchestrator.Grpc.Wire;

namespace Orchestrator.Grpc.Tests.Wire;

public sealed class StatusTextTests
{
    [Fact]
    public void Any_text_survives_and_travels_as_printable_ASCII() =>
        Check.QuickThrowOnFailure(Prop.ForAll<NonNull<string>>(text =>
        {
            // A lone surrogate is no text: UTF-8 cannot say it.
            var valid = new string([.. text.Get.Where(c => !char.IsSurrogate(c))]);
            var encoded = StatusText.Encode(valid);
            return StatusText.Decode(encoded) == valid && encoded.All(c => c is >= ' ' and <= '~');
        }));

    [Theory]
    [InlineData("100%", "100%")]
    [InlineData("%zz", "%zz")]
    [InlineData("%4", "%4")]
    [InlineData("%41%", "A%")]
    public void What_is_no_escape_stays(string encoded, string text) => Assert.Equal(text, StatusText.Decode(encoded));

    [Fact]
    public void Bytes_beyond_ASCII_are_escaped_in_upper_case() => Assert.Equal("n%C3%A4h%25", StatusText.Encode("näh%"));
}
