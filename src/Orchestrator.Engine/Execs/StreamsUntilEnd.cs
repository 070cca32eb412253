using Orchestrator.Engine.Running;

namespace Orchestrator.Engine.Execs;

/// <summary>An exec's streams, which end when its exit status is known: clients ask for that as soon as the streams have
/// ended, and a program closes its output a moment before it is gone.</summary>
internal sealed class StreamsUntilEnd(AttachedStreams inner, Task ended, TimeProvider time) : AttachedStreams
{
    /// <summary>A program may close its output and go on.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    public override bool IsFramed => inner.IsFramed;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var count = await inner.ReadAsync(buffer, cancellationToken);
        if (count == 0 && inner is not DetachableStreams { IsDetached: true })
            await Task.WhenAny(ended, Task.Delay(Patience, time, cancellationToken));
        return count;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        inner.WriteAsync(bytes, cancellationToken);

    public override ValueTask CloseInputAsync(CancellationToken cancellationToken) =>
        inner.CloseInputAsync(cancellationToken);

    public override ValueTask DisposeAsync() => inner.DisposeAsync();
}
