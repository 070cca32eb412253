using System.Buffers;
using System.Text;
using Orchestrator.Engine;
using Orchestrator.Engine.Logs;

namespace Orchestrator.EngineApi.Containers;

/// <summary>The streams of a program that never came to run: one line that says why.</summary>
internal sealed class MessageOnly(string message, bool framed) : AttachedStreams
{
    private ReadOnlyMemory<byte> left = Encode(message, framed);

    public override bool IsFramed => framed;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var count = Math.Min(buffer.Length, left.Length);
        left[..count].CopyTo(buffer);
        left = left[count..];
        return new(count);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) => default;

    public override ValueTask CloseInputAsync(CancellationToken cancellationToken) => default;

    public override ValueTask DisposeAsync() => default;

    private static ReadOnlyMemory<byte> Encode(string message, bool framed)
    {
        var output = new ArrayBufferWriter<byte>();
        var line = new LogEntry(LogStream.Stdout, default, Encoding.UTF8.GetBytes(message + "\r\n"));
        LogStreamWriter.Write(output, line, terminal: !framed, timestamps: false);
        return output.WrittenMemory;
    }
}
