using System.Net;
using Grpc.Core;
using Orchestrator.Grpc.Wire;

namespace Orchestrator.Grpc.Client;

/// <summary>The HTTP/2 request of a call.</summary>
internal static class RequestHead
{
    public static HttpRequestMessage Build(
        Uri uri, string? host, Metadata? metadata, TimeSpan? timeout, MessageEncoding? encoding, HttpContent content)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, uri)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        var headers = request.Headers;
        headers.Host = host;
        headers.TryAddWithoutValidation("te", "trailers");
        headers.TryAddWithoutValidation("user-agent", "grpc-orch/1.0");
        headers.TryAddWithoutValidation(WireNames.AcceptEncoding, WireNames.AcceptedEncodings);
        if (encoding is not null)
            headers.TryAddWithoutValidation(WireNames.Encoding, encoding.Name);
        if (timeout is { } left)
            headers.TryAddWithoutValidation(WireNames.Timeout, Timeouts.Encode(left));
        foreach (var entry in metadata ?? Metadata.Empty)
        {
            if (!MetadataWire.IsReserved(entry.Key))
                headers.TryAddWithoutValidation(entry.Key, MetadataWire.Encode(entry));
        }

        return request;
    }
}
