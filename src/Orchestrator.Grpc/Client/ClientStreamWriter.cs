using Grpc.Core;
using Orchestrator.Grpc.Wire;

namespace Orchestrator.Grpc.Client;

/// <summary>The requests of a call.</summary>
internal sealed class ClientStreamWriter<TRequest, TResponse>(
    ClientCall<TRequest, TResponse> call, RequestStream body) : IClientStreamWriter<TRequest>, IDisposable
    where TRequest : class
    where TResponse : class
{
    private readonly MessageBuffer _buffer = new();
    private int _writing;

    public WriteOptions? WriteOptions { get; set; } = call.WriteOptions;

    public Task WriteAsync(TRequest message) => WriteAsync(message, CancellationToken.None);

    public async Task WriteAsync(TRequest message, CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _writing, 1) == 1)
            throw new InvalidOperationException("The write before is not done yet.");
        try
        {
            call.ThrowIfOver();
            if (body.IsEnded)
                throw new InvalidOperationException("The request stream is complete.");
            await SendAsync(message, cancellationToken);
        }
        finally
        {
            Volatile.Write(ref _writing, 0);
        }
    }

    public Task CompleteAsync()
    {
        body.End();
        Dispose();
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _writing, 1) == 1)
            return; // A write uses the buffer still; the collector has it afterwards.
        _buffer.Dispose();
        Volatile.Write(ref _writing, 0);
    }

    private async Task SendAsync(TRequest message, CancellationToken cancellationToken)
    {
        var flags = WriteOptions?.Flags ?? WriteFlags.None;
        using var cancel = call.CancelOn(cancellationToken);
        try
        {
            call.Frame(_buffer, message, flags);
            var stream = await body.Opened.WaitAsync(call.Aborted);
            await stream.WriteAsync(_buffer.Frame, call.Aborted);
            if (!flags.HasFlag(WriteFlags.BufferHint))
                await stream.FlushAsync(call.Aborted);
            _buffer.Release();
        }
        catch (Exception e)
        {
            // The transport may still hold the memory of a write that was cut off.
            _buffer.Abandon();
            throw call.WriteFailed(e);
        }
    }
}
