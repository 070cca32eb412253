using System.IO.Pipelines;
using System.Net.Http.Headers;
using Grpc.Core;
using Grpc.Net.Client;
using Orchestrator.Grpc.Wire;

namespace Orchestrator.Grpc.Client;

/// <summary>One call from its start to its status, whatever its shape.</summary>
/// <remarks>
/// It is over when its status is set, once: by the trailers, or by what went wrong first. Then the response is
/// disposed, which resets the HTTP/2 stream if the server still sends.
/// </remarks>
internal sealed class ClientCall<TRequest, TResponse> : IDisposable
    where TRequest : class
    where TResponse : class
{
    private readonly GrpcChannel _channel;
    private readonly Method<TRequest, TResponse> _method;
    private readonly string? _host;
    private readonly CallOptions _options;
    private readonly CancellationTokenSource _abort = new();
    private readonly TaskCompletionSource<Metadata> _headers = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _ending = new();
    private readonly MessageEncoding? _encoding;

    private CancellationTokenRegistration _cancelled;
    private Timer? _deadline;
    private RequestStream? _requestStream;
    private HttpResponseMessage? _response;
    private PipeReader? _body;
    private MessageReader? _reader;
    private Task<bool> _started = Task.FromResult(false);
    private Status? _abortedAs;
    private Outcome? _outcome;

    public ClientCall(GrpcChannel channel, Method<TRequest, TResponse> method, string? host, CallOptions options)
    {
        _channel = channel;
        _method = method;
        _host = host;
        _options = options;
        var encoding = options.Headers?.GetValue(WireNames.EncodingRequest);
        if (!MessageEncoding.TryFind(encoding, out _encoding))
            throw new ArgumentException($"Compression \"{encoding}\" is not known; use gzip, deflate or identity.");
    }

    public Task<Metadata> Headers => _headers.Task;

    public WriteOptions? WriteOptions => _options.WriteOptions;

    /// <summary>Cancelled when the call is: by its caller, its deadline or its end.</summary>
    public CancellationToken Aborted => _abort.Token;

    /// <summary>Sends the one request.</summary>
    public void Start(TRequest request)
    {
        var buffer = new MessageBuffer();
        try
        {
            Frame(buffer, request, _options.WriteOptions?.Flags ?? WriteFlags.None);
        }
        catch (Exception e)
        {
            buffer.Dispose();
            End(ClientStatus.Of(e));
            return;
        }

        // Of a known length, headers and body leave in one piece.
        var content = new ReadOnlyMemoryContent(buffer.Frame);
        content.Headers.ContentType = new MediaTypeHeaderValue(WireNames.ContentType);
        _started = SendAsync(content, buffer);
    }

    /// <summary>Sends the headers; the requests follow through the stream.</summary>
    public RequestStream Start()
    {
        _requestStream = new RequestStream();
        _started = SendAsync(_requestStream, buffer: null);
        return _requestStream;
    }

    /// <summary>The next response; null when the call has ended well.</summary>
    /// <exception cref="RpcException">It ended otherwise.</exception>
    public async ValueTask<TResponse?> ReadAsync(CancellationToken cancellationToken)
    {
        using var cancel = CancelOn(cancellationToken);
        if (await _started && _outcome is null)
        {
            try
            {
                if (await _reader!.ReadAsync(_method.ResponseMarshaller, _abort.Token) is { } message)
                    return message;
                var trailers = _response!.TrailingHeaders;
                End(ClientStatus.OfTrailers(trailers), ResponseHead.Metadata(trailers));
            }
            catch (Exception e)
            {
                End(Interpret(e));
            }

            if (_outcome is not null)
                await _body!.CompleteAsync(); // Here and not in End, which may come while a read is under way.
        }

        return _outcome!.Status.StatusCode == StatusCode.OK ? null : throw Failure();
    }

    /// <summary>The one response.</summary>
    public async Task<TResponse> ReadSingleAsync()
    {
        var message = await ReadAsync(CancellationToken.None)
            ?? throw Refuse("The server ended the call without a response message.");
        if (await ReadAsync(CancellationToken.None) is not null)
            throw Refuse("The server sent more than one response message.");
        return message;
    }

    public Status GetStatus() => Over().Status;

    public Metadata GetTrailers() => Over().Trailers;

    public void Frame(MessageBuffer buffer, TRequest message, WriteFlags flags) =>
        buffer.Fill(
            _method.RequestMarshaller,
            message,
            _channel.MaxSendMessageSize,
            flags.HasFlag(WriteFlags.NoCompress) ? null : _encoding);

    /// <summary>Cancels the call when another token than the call's own is.</summary>
    public CancellationTokenRegistration CancelOn(CancellationToken cancellationToken) =>
        cancellationToken.CanBeCanceled && cancellationToken != _options.CancellationToken
            ? cancellationToken.UnsafeRegister(static call => ((ClientCall<TRequest, TResponse>)call!).Cancel(), this)
            : default;

    public void ThrowIfOver()
    {
        if (_outcome is not null)
            throw Failure();
    }

    /// <summary>
    /// What a failed write throws. Why the server hung up is for the reader to learn, from the trailers.
    /// </summary>
    public Exception WriteFailed(Exception cause)
    {
        if (cause is RpcException { StatusCode: StatusCode.ResourceExhausted } refused)
            End(refused.Status);
        return _outcome is not null ? Failure() : new RpcException(Interpret(cause));
    }

    public void Dispose() => End(new Status(StatusCode.Cancelled, "The call was disposed before its end."));

    private async Task<bool> SendAsync(HttpContent content, MessageBuffer? buffer)
    {
        try
        {
            using var request = ArmAndBuild(content);
            var response = await _channel.SendAsync(request, _abort.Token);
            buffer?.Dispose();
            lock (_ending)
                _response = response;
            return await BeginResponseAsync(response);
        }
        catch (Exception e)
        {
            End(Interpret(e));
            return false;
        }
    }

    private HttpRequestMessage ArmAndBuild(HttpContent content)
    {
        _cancelled = _options.CancellationToken.UnsafeRegister(
            static call => ((ClientCall<TRequest, TResponse>)call!).Cancel(), this);
        TimeSpan? timeout = _options.Deadline is { } deadline && deadline != DateTime.MaxValue
            ? deadline.ToUniversalTime() - DateTime.UtcNow
            : null;
        if (timeout <= TimeSpan.Zero)
            throw new RpcException(new Status(StatusCode.DeadlineExceeded, ""));
        if (timeout < Timeouts.Watched)
            _deadline = new Timer(
                static call => ((ClientCall<TRequest, TResponse>)call!).Abort(new(StatusCode.DeadlineExceeded, "")),
                this, timeout.Value, Timeout.InfiniteTimeSpan);
        _abort.Token.ThrowIfCancellationRequested();
        return RequestHead.Build(_channel.UriOf(_method), _host, _options.Headers, timeout, _encoding, content);
    }

    /// <returns>False: the headers were all, and the call is over.</returns>
    private async Task<bool> BeginResponseAsync(HttpResponseMessage response)
    {
        var metadata = ResponseHead.Metadata(response.Headers);
        if (ResponseHead.Refusal(response) is { } status)
        {
            _headers.TrySetResult(metadata);
            End(status, metadata);
            return false;
        }

        if (!MessageEncoding.TryFind(ResponseHead.Value(response.Headers, WireNames.Encoding), out var encoding))
            throw new RpcException(new Status(
                StatusCode.Internal,
                $"The server compresses with \"{ResponseHead.Value(response.Headers, WireNames.Encoding)}\", "
                + $"which is none of {WireNames.AcceptedEncodings}."));
        _body = PipeReader.Create(
            await response.Content.ReadAsStreamAsync(_abort.Token), new StreamPipeReaderOptions(bufferSize: 16 * 1024));
        _reader = new MessageReader(_body, _channel.MaxReceiveMessageSize, encoding);
        _headers.TrySetResult(metadata);
        return true;
    }

    private void Cancel() => Abort(new Status(StatusCode.Cancelled, "Call canceled by the client."));

    private void Abort(Status status)
    {
        lock (_ending)
        {
            if (_outcome is not null || _abortedAs is not null)
                return;
            _abortedAs = status;
        }

        _abort.Cancel();
    }

    private Status Interpret(Exception e)
    {
        lock (_ending)
        {
            if (_abortedAs is { } status)
                return status;
        }

        // The server counts too, and may hang up a moment before our own timer fires.
        return _options.Deadline?.ToUniversalTime() <= DateTime.UtcNow
            ? new Status(StatusCode.DeadlineExceeded, "", e)
            : ClientStatus.Of(e);
    }

    private void End(Status status, Metadata? trailers = null)
    {
        lock (_ending)
        {
            if (_outcome is not null)
                return;
            _outcome = new Outcome(status, trailers ?? []);
        }

        _deadline?.Dispose();
        _cancelled.Unregister();
        _requestStream?.Abort();
        if (_headers.TrySetException(Failure()))
            _ = _headers.Task.Exception; // Seen: whoever wants the headers is told, others need not be.
        _abort.Cancel();
        _response?.Dispose();
    }

    private RpcException Refuse(string detail)
    {
        var status = new Status(StatusCode.Internal, detail);
        End(status);
        lock (_ending)
            _outcome = new Outcome(status, _outcome!.Trailers);
        return new RpcException(status, _outcome.Trailers);
    }

    private Exception Failure()
    {
        var outcome = _outcome!;
        var failure = new RpcException(outcome.Status, outcome.Trailers);
        return _channel.ThrowOperationCanceled && outcome.Status.StatusCode == StatusCode.Cancelled
            ? new OperationCanceledException(outcome.Status.Detail, failure, _options.CancellationToken)
            : failure;
    }

    private Outcome Over() => _outcome ?? throw new InvalidOperationException("The call is not over yet.");

    private sealed record Outcome(Status Status, Metadata Trailers);
}
