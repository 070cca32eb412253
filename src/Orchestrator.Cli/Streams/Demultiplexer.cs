using Orchestrator.Api;

namespace Orchestrator.Cli.Streams;

/// <summary>Takes apart a stream of frames into what a container wrote to stdout and to stderr.</summary>
internal static class Demultiplexer
{
    public delegate int Reader(Span<byte> buffer);

    /// <summary>Copies until the stream ends.</summary>
    /// <exception cref="CliException">The daemon sent its own error as the last frame.</exception>
    public static void Copy(Reader read, Stream output, Stream error)
    {
        var header = new byte[StreamFrame.HeaderSize];
        var buffer = new byte[32 * 1024];
        while (ReadAll(read, header))
        {
            var frame = StreamFrame.Read(header);
            if (frame.Kind == StreamKind.SystemError) throw new CliException(ReadText(read, frame.Length));
            var target = frame.Kind == StreamKind.Stderr ? error : output;
            for (var left = frame.Length; left > 0;)
            {
                var count = read(buffer.AsSpan(0, Math.Min(left, buffer.Length)));
                if (count == 0) throw new IOException("the stream ended in the middle of a frame");
                target.Write(buffer, 0, count);
                left -= count;
            }
            target.Flush();
        }
    }

    /// <summary>Copies a TTY's stream: one kind of bytes, no frames.</summary>
    public static void CopyRaw(Reader read, Stream output)
    {
        var buffer = new byte[32 * 1024];
        int count;
        while ((count = read(buffer)) > 0)
        {
            output.Write(buffer, 0, count);
            output.Flush();
        }
    }

    private static bool ReadAll(Reader read, Span<byte> target)
    {
        var have = 0;
        while (have < target.Length)
        {
            var count = read(target[have..]);
            if (count == 0)
                return have == 0 ? false : throw new IOException("the stream ended in the middle of a frame");
            have += count;
        }
        return true;
    }

    private static string ReadText(Reader read, int length)
    {
        var bytes = new byte[length];
        return ReadAll(read, bytes) ? System.Text.Encoding.UTF8.GetString(bytes).Trim() : "the stream broke off";
    }
}
