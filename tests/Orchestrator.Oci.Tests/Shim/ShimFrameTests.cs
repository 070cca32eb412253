using FsCheck;
using FsCheck.Fluent;
using Orchestrator.Oci.Shim;

namespace Orchestrator.Oci.Tests.Shim;

public sealed class ShimFrameTests
{
    [Fact]
    public void A_frame_reads_back_as_it_was_written() => Prop.ForAll<byte[]>(body =>
    {
        var frame = ShimFrame.Encode(ShimCall.Exec, body);

        return ShimFrame.TryReadHeader(frame, out var call, out var length)
            && call == ShimCall.Exec && length == body.Length && frame.AsSpan(ShimFrame.HeaderSize).SequenceEqual(body);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Less_than_a_header_is_not_a_frame_yet() =>
        Assert.False(ShimFrame.TryReadHeader(ShimFrame.Encode(ShimCall.State, []).AsSpan(0, 5), out _, out _));

    [Fact]
    public void Another_version_is_refused()
    {
        var frame = ShimFrame.Encode(ShimCall.State, []);
        frame[4] = 2;

        Assert.Throws<InvalidDataException>(() => ShimFrame.TryReadHeader(frame, out _, out _));
    }

    [Fact]
    public void A_length_beyond_the_bound_is_refused()
    {
        var frame = ShimFrame.Encode(ShimCall.State, []);
        frame[3] = 0xff;

        Assert.Throws<InvalidDataException>(() => ShimFrame.TryReadHeader(frame, out _, out _));
    }
}
