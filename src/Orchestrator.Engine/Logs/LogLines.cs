using System.Runtime.CompilerServices;

namespace Orchestrator.Engine.Logs;

/// <summary>The whole records of a file that grows. An unfinished last one waits for its end.</summary>
internal sealed class LogLines(FileStream file, LogCodec codec)
{
    private byte[] buffer = new byte[32 << 10];
    private int start;
    private int end;

    /// <summary>Lines up to the present end of the file; may be called again when there is more.</summary>
    public async IAsyncEnumerable<LogEntry> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            while (TryTakeLine(out var line))
            {
                if (codec.TryParse(line.Span, out var entry))
                    yield return entry;
            }

            MakeRoom();
            var read = await file.ReadAsync(buffer.AsMemory(end), cancellationToken);
            if (read == 0)
                yield break;
            end += read;
        }
    }

    private bool TryTakeLine(out ReadOnlyMemory<byte> line)
    {
        var length = codec.First(buffer.AsSpan(start, end - start));
        line = buffer.AsMemory(start, length);
        start += length;
        return length > 0;
    }

    private void MakeRoom()
    {
        if (start > 0)
        {
            buffer.AsSpan(start, end - start).CopyTo(buffer);
            (start, end) = (0, end - start);
        }
        else if (end == buffer.Length)
        {
            Array.Resize(ref buffer, buffer.Length * 2);
        }
    }
}
