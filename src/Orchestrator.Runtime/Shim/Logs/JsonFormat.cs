namespace Orchestrator.Runtime.Shim.Logs;

/// <summary>Docker's json-file: a line is a JSON object and a newline.</summary>
/// <param name="attributes">A JSON object that each line carries, or nothing.</param>
internal sealed class JsonFormat(ReadOnlyMemory<byte> attributes) : LogFormat
{
    public override int Stamp(DateTimeOffset at, Span<byte> to) => JsonLine.Timestamp(at, to);

    public override bool TryWrite(
        int stream, ReadOnlySpan<byte> line, ReadOnlySpan<byte> stamp, Span<byte> to, ref int at) =>
        JsonLine.TryWrite(stream, line, attributes.Span, stamp, to, ref at);

    public override int LongestFor(int lineLength) => JsonLine.LongestFor(lineLength, attributes.Length);

    public override int First(ReadOnlySpan<byte> records) => records.IndexOf((byte)'\n') + 1;

    public override int Within(ReadOnlySpan<byte> records, int room) => records[..room].LastIndexOf((byte)'\n') + 1;

    public override int Count(ReadOnlySpan<byte> records) => records.Count((byte)'\n');

    /// <summary>Half a line must not swallow the next one.</summary>
    public override void Mend(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        file.Position = file.Length - 1;
        if (file.ReadByte() != '\n')
            file.WriteByte((byte)'\n');
    }
}
