namespace Grpc.Net.Client;

/// <summary>How a <see cref="GrpcChannel"/> speaks.</summary>
public sealed class GrpcChannelOptions
{
    /// <summary>
    /// Makes the connections (TLS, addresses, keep-alive). Default: a <see cref="SocketsHttpHandler"/>.
    /// </summary>
    public HttpMessageHandler? HttpHandler { get; set; }

    /// <summary>Used instead of a handler; mind that its <see cref="HttpClient.Timeout"/> ends calls.</summary>
    public HttpClient? HttpClient { get; set; }

    /// <summary>The channel disposes the handler or client given to it.</summary>
    public bool DisposeHttpClient { get; set; }

    /// <summary>In bytes; null: no limit. Default 4 MiB.</summary>
    public int? MaxReceiveMessageSize { get; set; } = 4 * 1024 * 1024;

    /// <summary>In bytes; null: no limit, the default.</summary>
    public int? MaxSendMessageSize { get; set; }

    /// <summary>
    /// A call cancelled by its own token throws <see cref="OperationCanceledException"/> instead of an
    /// <see cref="Core.RpcException"/> of status Cancelled.
    /// </summary>
    public bool ThrowOperationCanceledOnCancellation { get; set; }
}
