namespace Grpc.Core;

/// <summary>Sends messages. One write at a time.</summary>
public interface IAsyncStreamWriter<in T>
{
    /// <summary>How the next messages are written; null: the call's own.</summary>
    WriteOptions? WriteOptions { get; set; }

    /// <summary>Done when flow control has let the message into the transport.</summary>
    /// <exception cref="InvalidOperationException">The write before is not done yet.</exception>
    Task WriteAsync(T message);

    /// <inheritdoc cref="WriteAsync(T)"/>
    /// <param name="message">Not kept once the task is done.</param>
    /// <param name="cancellationToken">Cancelling a write half done cancels the call.</param>
    Task WriteAsync(T message, CancellationToken cancellationToken) =>
        cancellationToken.CanBeCanceled
            ? throw new NotSupportedException("This stream writer cannot cancel a write.")
            : WriteAsync(message);
}
