using System.Buffers;
using System.IO.Pipelines;

namespace Orchestrator.EngineApi.Hijacking;

/// <summary>Passes reads on until it is closed; then there is nothing more to read.</summary>
internal sealed class GuardedReader(PipeReader inner) : PipeReader
{
    private static readonly ReadResult End = new(ReadOnlySequence<byte>.Empty, isCanceled: false, isCompleted: true);

    private volatile bool closed;

    public void Close() => closed = true;

    public override bool TryRead(out ReadResult result)
    {
        if (!closed)
            return inner.TryRead(out result);
        result = End;
        return true;
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) =>
        closed ? ValueTask.FromResult(End) : inner.ReadAsync(cancellationToken);

    public override void AdvanceTo(SequencePosition consumed)
    {
        if (!closed)
            inner.AdvanceTo(consumed);
    }

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        if (!closed)
            inner.AdvanceTo(consumed, examined);
    }

    public override void CancelPendingRead()
    {
        if (!closed)
            inner.CancelPendingRead();
    }

    public override void Complete(Exception? exception = null)
    {
        if (!closed)
            inner.Complete(exception);
    }
}

/// <summary>Passes writes on until it is closed; then they go nowhere.</summary>
internal sealed class GuardedWriter(PipeWriter inner) : PipeWriter
{
    private volatile bool closed;

    public override bool CanGetUnflushedBytes => inner.CanGetUnflushedBytes;

    public override long UnflushedBytes => closed ? 0 : inner.UnflushedBytes;

    public void Close() => closed = true;

    public override Memory<byte> GetMemory(int sizeHint = 0) =>
        closed ? new byte[Math.Max(sizeHint, 4096)] : inner.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => closed ? GetMemory(sizeHint).Span : inner.GetSpan(sizeHint);

    public override void Advance(int bytes)
    {
        if (!closed)
            inner.Advance(bytes);
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) =>
        closed ? ValueTask.FromResult(new FlushResult(isCanceled: false, isCompleted: true))
            : inner.FlushAsync(cancellationToken);

    public override void CancelPendingFlush()
    {
        if (!closed)
            inner.CancelPendingFlush();
    }

    public override void Complete(Exception? exception = null)
    {
        if (!closed)
            inner.Complete(exception);
    }
}
