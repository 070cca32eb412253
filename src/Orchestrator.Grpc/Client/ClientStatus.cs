using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Grpc.Core;
using Orchestrator.Grpc.Wire;

namespace Orchestrator.Grpc.Client;

/// <summary>The status of a call out of what the transport tells.</summary>
/// <remarks>Source: "gRPC over HTTP2", Errors; "HTTP to gRPC Status Code Mapping".</remarks>
internal static class ClientStatus
{
    public static Status OfTrailers(HttpHeaders trailers)
    {
        if (ResponseHead.Value(trailers, WireNames.Status) is not { } text)
            return new Status(StatusCode.Internal, "The response ended without a grpc-status.");
        var detail = StatusText.Decode(ResponseHead.Value(trailers, WireNames.Message) ?? "");
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var code) && code <= 16
            ? new Status((StatusCode)code, detail)
            : new Status(StatusCode.Unknown, $"Unknown grpc-status \"{text}\": {detail}");
    }

    public static Status OfHttp(HttpStatusCode code)
    {
        var status = code switch
        {
            HttpStatusCode.BadRequest or HttpStatusCode.RequestHeaderFieldsTooLarge => StatusCode.Internal,
            HttpStatusCode.Unauthorized => StatusCode.Unauthenticated,
            HttpStatusCode.Forbidden => StatusCode.PermissionDenied,
            HttpStatusCode.NotFound => StatusCode.Unimplemented,
            HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable
                or HttpStatusCode.GatewayTimeout => StatusCode.Unavailable,
            _ => StatusCode.Unknown,
        };
        return new Status(status, $"Bad gRPC response. HTTP status code: {(int)code}");
    }

    public static Status Of(Exception e)
    {
        if (e is RpcException rpc)
            return rpc.Status;
        for (var inner = e; inner is not null; inner = inner.InnerException)
        {
            if (inner is HttpProtocolException protocol)
                return new Status(OfReset(protocol.ErrorCode), protocol.Message, e);
        }

        var innermost = e.GetBaseException().Message;
        var words = e.Message == innermost ? innermost : $"{e.Message} ({innermost})";
        return e switch
        {
            HttpRequestException or IOException or ObjectDisposedException =>
                new Status(StatusCode.Unavailable, words, e),
            OperationCanceledException => new Status(StatusCode.Cancelled, words, e),
            _ => new Status(StatusCode.Internal, words, e),
        };
    }

    private static StatusCode OfReset(long http2Error) => http2Error switch
    {
        0x7 => StatusCode.Unavailable, // REFUSED_STREAM
        0x8 => StatusCode.Cancelled, // CANCEL
        0xb => StatusCode.ResourceExhausted, // ENHANCE_YOUR_CALM
        0xc => StatusCode.PermissionDenied, // INADEQUATE_SECURITY
        _ => StatusCode.Internal,
    };
}
