using System.Net;
using System.Net.Http.Headers;
using Grpc.Core;
using Orchestrator.Grpc.Wire;

namespace Orchestrator.Grpc.Client;

/// <summary>What the head of a response says.</summary>
internal static class ResponseHead
{
    /// <summary>The status of a response that has no body to read; null: messages follow.</summary>
    public static Status? Refusal(HttpResponseMessage response)
    {
        // Trailers-only: a call that ended before its first message has its status in the headers.
        if (response.Headers.NonValidated.Contains(WireNames.Status))
            return ClientStatus.OfTrailers(response.Headers);
        if (response.StatusCode != HttpStatusCode.OK)
            return ClientStatus.OfHttp(response.StatusCode);
        var contentType = response.Content.Headers.NonValidated.TryGetValues("content-type", out var values)
            ? values.ToString()
            : null;
        return WireNames.IsGrpc(contentType)
            ? null
            : new Status(StatusCode.Unknown, $"The answer is no gRPC: its content-type is \"{contentType}\".");
    }

    public static string? Value(HttpHeaders headers, string name) =>
        headers.NonValidated.TryGetValues(name, out var values) ? values.First() : null;

    public static Metadata Metadata(HttpHeaders headers)
    {
        var metadata = new Metadata();
        foreach (var (name, values) in headers.NonValidated)
        {
            foreach (var value in values)
                MetadataWire.Receive(metadata, name, value);
        }

        return metadata;
    }
}
