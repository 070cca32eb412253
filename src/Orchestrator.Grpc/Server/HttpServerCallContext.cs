using System.Globalization;
using System.Net.Sockets;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Orchestrator.Grpc.Wire;

namespace Orchestrator.Grpc.Server;

/// <summary>One call over an HTTP/2 request: its head, its clock and its end.</summary>
internal sealed class HttpServerCallContext : ServerCallContext, IDisposable
{
    private readonly string _method;
    private readonly ServerTerms _terms;
    // Never disposed: it holds nothing, and a handler's left-over may still cancel or ask it.
    private readonly CancellationTokenSource _ended = new();
    private readonly CancellationTokenRegistration _aborted;
    private Timer? _timer;
    private DateTime _deadline = DateTime.MaxValue;
    private volatile bool _deadlineExceeded;
    private bool _bodyBegun;
    private MessageEncoding? _encoding;
    private Metadata? _requestHeaders;
    private Metadata? _responseTrailers;
    private AuthContext? _authContext;

    public HttpServerCallContext(HttpContext http, string method, ServerTerms terms)
    {
        HttpContext = http;
        _method = method;
        _terms = terms;
        _aborted = http.RequestAborted.UnsafeRegister(static call => ((HttpServerCallContext)call!).Cancel(), this);
    }

    public HttpContext HttpContext { get; }

    public CancellationToken Ended => _ended.Token;

    protected override string MethodCore => _method;

    protected override string HostCore => HttpContext.Request.Host.Value ?? "";

    protected override string PeerCore => HttpContext.Connection.RemoteIpAddress switch
    {
        null => "unix:",
        { AddressFamily: AddressFamily.InterNetworkV6 } v6 =>
            string.Create(CultureInfo.InvariantCulture, $"ipv6:[{v6}]:{HttpContext.Connection.RemotePort}"),
        var v4 => string.Create(CultureInfo.InvariantCulture, $"ipv4:{v4}:{HttpContext.Connection.RemotePort}"),
    };

    protected override DateTime DeadlineCore => _deadline;

    protected override Metadata RequestHeadersCore =>
        _requestHeaders ??= StatusHeaders.Read(HttpContext.Request.Headers);

    protected override CancellationToken CancellationTokenCore => Ended;

    protected override Metadata ResponseTrailersCore => _responseTrailers ??= [];

    protected override Status StatusCore { get; set; } = Status.DefaultSuccess;

    protected override WriteOptions? WriteOptionsCore { get; set; }

    protected override AuthContext AuthContextCore =>
        _authContext ??= CertificateAuthContext.Of(HttpContext.Connection.ClientCertificate);

    /// <summary>Reads the request's head and starts its clock.</summary>
    /// <returns>How the client compresses; null: not at all.</returns>
    /// <exception cref="RpcException">Unimplemented: in a way not known here.</exception>
    public MessageEncoding? Begin()
    {
        var response = HttpContext.Response;
        response.ContentType = WireNames.ContentType;
        response.Headers[WireNames.AcceptEncoding] = WireNames.AcceptedEncodings;
        if (Timeouts.TryDecode(HttpContext.Request.Headers[WireNames.Timeout], out var timeout))
            Arm(timeout);
        string? name = HttpContext.Request.Headers[WireNames.Encoding];
        return MessageEncoding.TryFind(name, out var encoding)
            ? encoding
            : throw new RpcException(new Status(
                StatusCode.Unimplemented,
                $"Compression \"{name}\" is not known; use one of {WireNames.AcceptedEncodings}."));
    }

    /// <summary>Settles how the response is compressed, before its first message.</summary>
    public MessageEncoding? BeginBody()
    {
        if (!_bodyBegun && !HttpContext.Response.HasStarted)
            _encoding = ChooseEncoding(_terms.Encoding);
        _bodyBegun = true;
        return _encoding;
    }

    public void Cancel() => _ended.Cancel();

    /// <summary>Turns what a handler threw into the call's status.</summary>
    public void Fail(Exception e, ILogger log)
    {
        if (e is RpcException rpc)
        {
            foreach (var entry in rpc.Trailers)
                ResponseTrailers.Add(entry);
            StatusCore = rpc.Status.StatusCode == StatusCode.OK
                ? new Status(StatusCode.Internal, "The handler failed with status OK.", e)
                : rpc.Status;
            ServerLog.CallFailed(log, _method, rpc.StatusCode, rpc.Status.Detail);
            return;
        }

        if (Ended.IsCancellationRequested && e is OperationCanceledException or IOException)
        {
            StatusCore = new Status(StatusCode.Cancelled, "The call was cancelled.");
            return;
        }

        ServerLog.HandlerThrew(log, _method, e);
        var detail = "Exception was thrown by handler."
            + (_terms.DetailedErrors ? $" {e.GetType().Name}: {e.Message}" : "");
        StatusCore = new Status(StatusCode.Unknown, detail);
    }

    /// <summary>
    /// Puts the status where it belongs: behind the messages, or into the headers when there are none.
    /// </summary>
    public void End()
    {
        if (HttpContext.RequestAborted.IsCancellationRequested)
            return;
        var status = _deadlineExceeded ? new Status(StatusCode.DeadlineExceeded, "Deadline Exceeded") : StatusCore;
        var response = HttpContext.Response;
        var target = _bodyBegun || response.HasStarted
            ? HttpContext.Features.GetRequiredFeature<IHttpResponseTrailersFeature>().Trailers
            : response.Headers;
        StatusHeaders.Write(target, status, _responseTrailers ?? Metadata.Empty);
    }

    public void Dispose()
    {
        _timer?.Dispose();
        _aborted.Unregister();
    }

    protected override async Task WriteResponseHeadersAsyncCore(Metadata responseHeaders)
    {
        var response = HttpContext.Response;
        if (_bodyBegun || response.HasStarted)
            throw new InvalidOperationException("The response headers are sent already.");
        if (responseHeaders.GetValue(WireNames.EncodingRequest) is { } name)
            _encoding = ChooseEncoding(MessageEncoding.TryFind(name, out var chosen) ? chosen : null);
        else
            _encoding = ChooseEncoding(_terms.Encoding);
        StatusHeaders.Write(response.Headers, responseHeaders);
        await response.BodyWriter.FlushAsync(Ended);
    }

    private MessageEncoding? ChooseEncoding(MessageEncoding? wanted)
    {
        string? accepted = HttpContext.Request.Headers[WireNames.AcceptEncoding];
        if (wanted is null || accepted is null
            || !accepted.Split(',', StringSplitOptions.TrimEntries).Contains(wanted.Name))
            return null;
        HttpContext.Response.Headers[WireNames.Encoding] = wanted.Name;
        return wanted;
    }

    private void Arm(TimeSpan timeout)
    {
        var now = DateTime.UtcNow;
        _deadline = timeout < DateTime.MaxValue - now ? now + timeout : DateTime.MaxValue;
        if (timeout < Timeouts.Watched)
            _timer = new Timer(
                static call => ((HttpServerCallContext)call!).OnDeadline(), this, timeout, Timeout.InfiniteTimeSpan);
    }

    private void OnDeadline()
    {
        _deadlineExceeded = true;
        Cancel();
    }
}
