using System.Buffers;
using Grpc.Core;
using Orchestrator.Grpc.Wire;

namespace Orchestrator.Grpc.Server;

/// <summary>The responses of a call.</summary>
internal sealed class ServerStreamWriter<TResponse>(
    HttpServerCallContext context, Marshaller<TResponse> marshaller, int? maxBytes)
    : IServerStreamWriter<TResponse>, IDisposable
    where TResponse : class
{
    private readonly MessageBuffer _buffer = new();
    private int _writing;

    public WriteOptions? WriteOptions { get; set; }

    private WriteFlags Flags => (WriteOptions ?? context.WriteOptions)?.Flags ?? WriteFlags.None;

    public Task WriteAsync(TResponse message) => WriteAsync(message, CancellationToken.None);

    public async Task WriteAsync(TResponse message, CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _writing, 1) == 1)
            throw new InvalidOperationException("The write before is not done yet.");
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            context.Ended.ThrowIfCancellationRequested();
            Write(message);
            if (!Flags.HasFlag(WriteFlags.BufferHint))
                await FlushAsync(cancellationToken);
        }
        finally
        {
            Volatile.Write(ref _writing, 0);
        }
    }

    /// <summary>Puts one message into the response's buffer.</summary>
    public void Write(TResponse message)
    {
        var encoding = context.BeginBody();
        _buffer.Fill(marshaller, message, maxBytes, Flags.HasFlag(WriteFlags.NoCompress) ? null : encoding);
        context.HttpContext.Response.BodyWriter.Write(_buffer.Frame.Span);
        _buffer.Release();
    }

    public void Dispose() => _buffer.Dispose();

    private async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        using var linked = cancellationToken.CanBeCanceled && cancellationToken != context.Ended
            ? CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, context.Ended)
            : null;
        var flushed = await context.HttpContext.Response.BodyWriter.FlushAsync(linked?.Token ?? context.Ended);
        if (!flushed.IsCompleted)
            return;
        context.Cancel();
        throw new OperationCanceledException("The client cancelled the call.", context.Ended);
    }
}
