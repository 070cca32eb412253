using System.Text;
using Orchestrator.EngineApi.Hijacking;

namespace Orchestrator.EngineApi.Tests.Hijacking;

public sealed class FrameStripperTests
{
    [Fact]
    public void However_the_stream_is_cut_only_what_was_printed_comes_out()
    {
        var stream = Frame(Api.StreamKind.Stdout, "one ").Concat(Frame(Api.StreamKind.Stderr, "")).Concat(Frame(Api.StreamKind.Stderr, "two")).ToArray();
        for (var size = 1; size <= stream.Length; size++)
        {
            var (frames, text) = (new FrameStripper(), new StringBuilder());
            foreach (var piece in stream.Chunk(size))
                text.Append(Encoding.ASCII.GetString(piece, 0, frames.Strip(piece)));
            Assert.Equal("one two", text.ToString());
        }
    }

    private static byte[] Frame(Api.StreamKind kind, string text)
    {
        var bytes = new byte[Api.StreamFrame.HeaderSize + text.Length];
        new Api.StreamFrame(kind, text.Length).Write(bytes);
        Encoding.ASCII.GetBytes(text, bytes.AsSpan(Api.StreamFrame.HeaderSize));
        return bytes;
    }
}
