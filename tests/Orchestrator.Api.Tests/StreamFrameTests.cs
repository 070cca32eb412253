namespace Orchestrator.Api.Tests;

public sealed class StreamFrameTests
{
    [Theory]
    [InlineData(StreamKind.Stdout, 0)]
    [InlineData(StreamKind.Stderr, 70000)]
    [InlineData(StreamKind.SystemError, int.MaxValue)]
    public void A_header_reads_back_as_written(StreamKind kind, int length)
    {
        var header = new byte[StreamFrame.HeaderSize];

        new StreamFrame(kind, length).Write(header);

        Assert.Equal(new StreamFrame(kind, length), StreamFrame.Read(header));
    }

    [Fact]
    public void Text_that_is_no_header_is_refused()
    {
        Assert.Throws<InvalidDataException>(() => StreamFrame.Read("hello wo"u8));
    }
}
