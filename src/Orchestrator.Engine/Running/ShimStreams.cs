using Orchestrator.Oci.Shim;

namespace Orchestrator.Engine.Running;

/// <summary>One client's connection to a shim.</summary>
/// <param name="endsInput">The client's end of input, and its leaving, are the program's end of input.</param>
internal sealed class ShimStreams(AttachStream stream, bool framed, bool endsInput) : AttachedStreams
{
    private bool closed;

    public override bool IsFramed => framed;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await stream.ReadAsync(buffer, cancellationToken);
        }
        catch (IOException)
        {
            return 0; // The shim went: with it, the output.
        }
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        try
        {
            await stream.WriteAsync(bytes, cancellationToken);
        }
        catch (IOException)
        {
            // Nobody reads any more.
        }
    }

    public override ValueTask CloseInputAsync(CancellationToken cancellationToken)
    {
        if (endsInput && !closed)
            TryCloseWrite();
        return ValueTask.CompletedTask;
    }

    public override async ValueTask DisposeAsync()
    {
        await CloseInputAsync(CancellationToken.None);
        await stream.DisposeAsync();
    }

    private void TryCloseWrite()
    {
        closed = true;
        try
        {
            stream.CloseWrite();
        }
        catch (Exception e) when (e is System.Net.Sockets.SocketException or ObjectDisposedException)
        {
        }
    }
}
