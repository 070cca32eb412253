namespace Orchestrator.Engine;

/// <summary>
/// The stdio of a container or exec as one client sees it. Disposing it detaches; the program goes on.
/// </summary>
public abstract class AttachedStreams : IAsyncDisposable
{
    /// <summary>
    /// Output carries docker's 8-byte frame headers; false with a terminal, whose bytes come as they are.
    /// </summary>
    public abstract bool IsFramed { get; }

    /// <summary>The next bytes of output, header included; 0 when the program has ended or closed its output.</summary>
    public abstract ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken);

    /// <summary>Bytes for the program's stdin. After the program has gone they are dropped.</summary>
    public abstract ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken);

    /// <summary>The client will send no more: the program's stdin ends.</summary>
    public abstract ValueTask CloseInputAsync(CancellationToken cancellationToken);

    public abstract ValueTask DisposeAsync();
}
