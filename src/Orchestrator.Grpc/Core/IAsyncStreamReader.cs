namespace Grpc.Core;

/// <summary>Messages as they come. One reader at a time.</summary>
public interface IAsyncStreamReader<out T>
{
    /// <summary>The message the last <see cref="MoveNext"/> found.</summary>
    T Current { get; }

    /// <summary>Waits for the next message; false when the peer has ended its stream well.</summary>
    /// <exception cref="RpcException">On a client: the call ended otherwise.</exception>
    /// <exception cref="OperationCanceledException">
    /// On a server: the call was cancelled or is past its deadline.
    /// </exception>
    Task<bool> MoveNext(CancellationToken cancellationToken);
}
