using System.IO.Compression;

namespace Grpc.AspNetCore.Server;

/// <summary>How services answer.</summary>
public class GrpcServiceOptions
{
    /// <summary>In bytes; null: no limit. Default 4 MiB.</summary>
    public int? MaxReceiveMessageSize { get; set; } = 4 * 1024 * 1024;

    /// <summary>In bytes; null: no limit, the default.</summary>
    public int? MaxSendMessageSize { get; set; }

    /// <summary>Tells clients the message of an unforeseen exception. Off by default: it may hold secrets.</summary>
    public bool? EnableDetailedErrors { get; set; }

    /// <summary>Compresses responses for clients that take it: <c>gzip</c> or <c>deflate</c>. Default none.</summary>
    public string? ResponseCompressionAlgorithm { get; set; }

    public CompressionLevel? ResponseCompressionLevel { get; set; }
}
