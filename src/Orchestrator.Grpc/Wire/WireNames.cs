namespace Orchestrator.Grpc.Wire;

/// <summary>Header names and values of gRPC over HTTP/2.</summary>
/// <remarks>Source: the protocol description "gRPC over HTTP2".</remarks>
internal static class WireNames
{
    public const string ContentType = "application/grpc";
    public const string Timeout = "grpc-timeout";
    public const string Status = "grpc-status";
    public const string Message = "grpc-message";
    public const string Encoding = "grpc-encoding";
    public const string AcceptEncoding = "grpc-accept-encoding";

    /// <summary>
    /// Set by a caller, or by a handler in its response headers, to choose one call's compression; never sent.
    /// </summary>
    public const string EncodingRequest = "grpc-internal-encoding-request";

    public const string AcceptedEncodings = "identity,gzip,deflate";

    public static bool IsGrpc(string? contentType) =>
        contentType is not null
        && contentType.StartsWith(ContentType, StringComparison.OrdinalIgnoreCase)
        && (contentType.Length == ContentType.Length || contentType[ContentType.Length] is '+' or ';');
}
