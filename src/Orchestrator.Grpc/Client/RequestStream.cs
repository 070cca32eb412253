using System.Net;
using System.Net.Http.Headers;
using Orchestrator.Grpc.Wire;

namespace Orchestrator.Grpc.Client;

/// <summary>A request body that stays open while its caller writes messages.</summary>
internal sealed class RequestStream : HttpContent
{
    private readonly TaskCompletionSource<Stream> _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public RequestStream() => Headers.ContentType = new MediaTypeHeaderValue(WireNames.ContentType);

    /// <summary>The transport's stream, once the request has been sent; cancelled when it never will be.</summary>
    public Task<Stream> Opened => _opened.Task;

    public bool IsEnded => _ended.Task.IsCompleted;

    /// <summary>No more messages follow.</summary>
    public void End() => _ended.TrySetResult();

    /// <summary>The call is over: nobody reads what would be written.</summary>
    public void Abort()
    {
        _opened.TrySetCanceled();
        _ended.TrySetCanceled(); // Were this an end like any other, the server could take half a stream for the whole.
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(
        Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        // The handler keeps the headers back until there is a body; the server may be the one to speak first.
        if (!_opened.Task.IsCompleted)
            await stream.FlushAsync(cancellationToken);
        // A handler that retries on another connection asks a second time; the messages are gone by then.
        if (!_opened.TrySetResult(stream))
            throw new IOException("The connection was lost before the stream began.");
        await _ended.Task.WaitAsync(cancellationToken);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
