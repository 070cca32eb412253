using System.Threading.Channels;
using Grpc.Core;

namespace Orchestrator.Manager.Tests.Scenarios;

/// <summary>A response stream whose messages a test reads.</summary>
internal sealed class TestStream<T> : IServerStreamWriter<T>
{
    private readonly Channel<T> messages = Channel.CreateUnbounded<T>();

    public ChannelReader<T> Messages => messages.Reader;

    public WriteOptions? WriteOptions { get; set; }

    public Task WriteAsync(T message) => WriteAsync(message, CancellationToken.None);

    public Task WriteAsync(T message, CancellationToken cancellationToken) =>
        messages.Writer.WriteAsync(message, cancellationToken).AsTask();

    /// <summary>The call has ended.</summary>
    public void Complete(Exception? error = null) => messages.Writer.TryComplete(error);
}
