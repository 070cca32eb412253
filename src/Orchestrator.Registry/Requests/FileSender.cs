using System.IO.Pipelines;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.Win32.SafeHandles;
using Orchestrator.Linux;
using Orchestrator.Linux.Files;

namespace Orchestrator.Registry.Requests;

/// <summary>
/// Stands between Kestrel and the socket of a plain connection: while a file is being sent, what Kestrel writes is only
/// counted, and as many bytes of the file go out by sendfile(2).
/// </summary>
/// <remarks>
/// Kestrel keeps its own books that way: lengths are checked, slow readers are cut off, the connection lives on. What
/// was written before is in the kernel when a flush returns only if the transport may hold back nothing:
/// <see cref="BufferBytes"/> must be its limit.
/// </remarks>
public sealed class FileSender : PipeWriter
{
    /// <summary>The transport's limit: a flush returns when all that was written is with the kernel.</summary>
    public const int BufferBytes = 1;

    private const int PieceBytes = 512 * 1024;

    /// <summary>Given out to be written to, and never read.</summary>
    private static readonly byte[] Ignored = new byte[PieceBytes];

    private readonly PipeWriter inner;
    private readonly Socket socket;
    private byte[]? piece;
    private SafeFileHandle? file;
    private long offset;
    private long pending;

    private FileSender(PipeWriter inner, Socket socket) => (this.inner, this.socket) = (inner, socket);

    public override bool CanGetUnflushedBytes => inner.CanGetUnflushedBytes;

    public override long UnflushedBytes => inner.UnflushedBytes + pending;

    /// <summary>Puts one into a connection that has a socket.</summary>
    internal static ConnectionDelegate Use(ConnectionDelegate next) => connection =>
    {
        if (connection.Features.Get<IConnectionSocketFeature>()?.Socket is { } socket)
        {
            var sender = new FileSender(connection.Transport.Output, socket);
            connection.Transport = new Duplex(connection.Transport.Input, sender);
            connection.Features.Set(sender);
        }

        return next(connection);
    };

    /// <summary>From now on what is written is the file, from <paramref name="first"/> on; all before is flushed.</summary>
    internal void Begin(SafeFileHandle handle, long first) => (file, offset, pending) = (handle, first, 0);

    internal void End() => file = null;

    public override Memory<byte> GetMemory(int sizeHint = 0) => file is null ? inner.GetMemory(sizeHint) : Ignored;

    public override Span<byte> GetSpan(int sizeHint = 0) => file is null ? inner.GetSpan(sizeHint) : Ignored;

    public override void Advance(int bytes)
    {
        if (file is null)
            inner.Advance(bytes);
        else
            pending += bytes;
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) =>
        file is null || pending == 0 ? inner.FlushAsync(cancellationToken) : SendAsync(file, cancellationToken);

    public override void CancelPendingFlush() => inner.CancelPendingFlush();

    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    private async ValueTask<FlushResult> SendAsync(SafeFileHandle source, CancellationToken cancellationToken)
    {
        try
        {
            while (pending > 0)
            {
                var wanted = (int)Math.Min(pending, PieceBytes);
                var sent = FileCalls.TrySend(socket.SafeHandle, source, offset, wanted)
                    ?? await PushAsync(source, wanted, cancellationToken);
                if (sent == 0)
                    return new FlushResult(isCanceled: false, isCompleted: true); // Cut short on disk.
                offset += sent;
                pending -= sent;
            }

            return new FlushResult(isCanceled: false, isCompleted: false);
        }
        catch (Exception error) when (error is LinuxException or SocketException or ObjectDisposedException)
        {
            return new FlushResult(isCanceled: false, isCompleted: true); // The reader is gone.
        }
    }

    /// <summary>The socket is full: a piece sent the ordinary way waits until it no longer is.</summary>
    private async ValueTask<int> PushAsync(SafeFileHandle source, int wanted, CancellationToken cancellationToken)
    {
        piece ??= new byte[16 * 1024];
        var read = RandomAccess.Read(source, piece.AsSpan(0, Math.Min(wanted, piece.Length)), offset);
        return read == 0 ? 0 : await socket.SendAsync(piece.AsMemory(0, read), cancellationToken);
    }

    private sealed class Duplex(PipeReader input, PipeWriter output) : IDuplexPipe
    {
        public PipeReader Input => input;

        public PipeWriter Output => output;
    }
}
