using System.Diagnostics.CodeAnalysis;

namespace Orchestrator.Engine.Logs;

/// <summary>Docker's json-file: a record is a line.</summary>
internal sealed class JsonLogCodec : LogCodec
{
    private const int ChunkBytes = 64 << 10;

    public override int First(ReadOnlySpan<byte> bytes) => bytes.IndexOf((byte)'\n') + 1;

    public override bool TryParse(ReadOnlySpan<byte> record, [NotNullWhen(true)] out LogEntry? entry) =>
        JsonLogLine.TryParse(record[..^1], out entry);

    public override int SeekBack(FileStream file, int records)
    {
        var buffer = new byte[ChunkBytes];
        var (position, found) = (file.Length, 0);
        if (records == 0)
        {
            file.Position = position;
            return 0;
        }

        while (position > 0)
        {
            var size = (int)Math.Min(ChunkBytes, position);
            position -= size;
            file.Position = position;
            file.ReadExactly(buffer, 0, size);
            for (var at = size - 1; at >= 0; at--)
            {
                // The newline that ends the line before the first wanted one.
                if (buffer[at] != '\n' || ++found <= records)
                    continue;
                file.Position = position + at + 1;
                return records;
            }
        }

        file.Position = 0;
        return found;
    }
}
