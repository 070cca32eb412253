using System.Buffers;
using Orchestrator.Engine;
using Orchestrator.Engine.Containers;
using Orchestrator.Engine.Logs;

namespace Orchestrator.EngineApi.Containers;

/// <summary>Streams that begin with what the log holds.</summary>
internal sealed class LogsFirst(IAsyncEnumerable<LogEntry> logs, AttachedStreams live) : AttachedStreams
{
    private readonly IAsyncEnumerator<LogEntry> entries = logs.GetAsyncEnumerator();
    private readonly ArrayBufferWriter<byte> pending = new();
    private int sent;
    private bool over;

    public override bool IsFramed => live.IsFramed;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (!over && sent == pending.WrittenCount)
        {
            pending.ResetWrittenCount();
            sent = 0;
            if (await entries.MoveNextAsync())
                LogStreamWriter.Write(pending, entries.Current, terminal: !IsFramed, timestamps: false);
            else
                over = true;
        }

        if (over)
            return await live.ReadAsync(buffer, cancellationToken);
        var count = Math.Min(buffer.Length, pending.WrittenCount - sent);
        pending.WrittenMemory.Slice(sent, count).CopyTo(buffer);
        sent += count;
        return count;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        live.WriteAsync(bytes, cancellationToken);

    public override ValueTask CloseInputAsync(CancellationToken cancellationToken) =>
        live.CloseInputAsync(cancellationToken);

    public override async ValueTask DisposeAsync()
    {
        await entries.DisposeAsync();
        await live.DisposeAsync();
    }
}

/// <summary>The streams of a client that wants the log only.</summary>
internal sealed class NothingLive(bool framed) : AttachedStreams
{
    public override bool IsFramed => framed;

    public static NothingLive Of(ContainerRecord record) => new(framed: !record.Spec.Tty);

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken) => new(0);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) => default;

    public override ValueTask CloseInputAsync(CancellationToken cancellationToken) => default;

    public override ValueTask DisposeAsync() => default;
}
