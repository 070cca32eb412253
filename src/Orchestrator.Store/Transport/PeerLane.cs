using System.Threading.Channels;
using Grpc.Core;
using Orchestrator.Protocol.V1;
using Orchestrator.Raft;
using RaftRpc = Orchestrator.Protocol.V1.Raft;
using Task = System.Threading.Tasks.Task;

namespace Orchestrator.Store.Transport;

/// <summary>
/// One stream of messages to one peer: a bounded queue and the task that empties it. A broken stream loses what was
/// queued, says so, and is opened again after a pause.
/// </summary>
internal sealed class PeerLane : IAsyncDisposable
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);
    private readonly Channel<Message> queue;
    private readonly Func<ChannelBase> dial;
    private readonly RaftHello hello;
    private readonly ITransportSink sink;
    private readonly CancellationTokenSource stopping = new();
    private readonly Task running;

    public PeerLane(Func<ChannelBase> dial, RaftHello hello, ITransportSink sink, int capacity)
    {
        (this.dial, this.hello, this.sink) = (dial, hello, sink);
        queue = Channel.CreateBounded<Message>(
            new BoundedChannelOptions(capacity) { SingleReader = true, SingleWriter = true });
        running = Task.Run(RunAsync);
    }

    /// <summary>False: the queue is full, the message dropped.</summary>
    public bool TrySend(Message message) => queue.Writer.TryWrite(message);

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await running;
        stopping.Dispose();
    }

    private async Task RunAsync()
    {
        var channel = dial();
        var pause = ShortestPause;
        try
        {
            // The first message opens the stream, so that members who have nothing to say do not connect.
            while (await queue.Reader.WaitToReadAsync(stopping.Token))
            {
                var sent = await SendUntilBrokenAsync(channel);
                pause = sent ? ShortestPause : TimeSpan.FromTicks(Math.Min(2 * pause.Ticks, LongestPause.Ticks));
                LoseQueued();
                await Task.Delay(pause * (0.5 + (Random.Shared.NextDouble() / 2)), stopping.Token);
            }
        }
        catch (OperationCanceledException)
        {
        }
        finally
        {
            await channel.ShutdownAsync();
        }
    }

    /// <summary>True if at least one message went out.</summary>
    private async Task<bool> SendUntilBrokenAsync(ChannelBase channel)
    {
        var sent = false;
        try
        {
            using var call = new RaftRpc.RaftClient(channel).Deliver(cancellationToken: stopping.Token);
            using var refused = new CancellationTokenSource();
            var end = WatchEndAsync(call, refused);
            await call.RequestStream.WriteAsync(new RaftDelivery { Hello = hello });
            await foreach (var message in queue.Reader.ReadAllAsync(refused.Token))
            {
                await call.RequestStream.WriteAsync(message.ToWire());
                sent = true;
            }

            await end;
        }
#pragma warning disable CA1031 // Refused, reset, timed out: the answer is the same for all, and loss is legal.
        catch (Exception)
#pragma warning restore CA1031
        {
        }

        return sent;
    }

    /// <summary>
    /// The response stream carries nothing; its end is how the receiver says that it will have no more.
    /// </summary>
    private static async Task WatchEndAsync(
        AsyncDuplexStreamingCall<RaftDelivery, RaftDelivered> call, CancellationTokenSource refused)
    {
        try
        {
            while (await call.ResponseStream.MoveNext(CancellationToken.None))
            {
            }
        }
        catch (Exception e) when (e is RpcException or OperationCanceledException or IOException)
        {
        }

        try
        {
            await refused.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // The sender had noticed by itself.
        }
    }

    private void LoseQueued()
    {
        while (queue.Reader.TryRead(out _))
        {
        }

        sink.Unreachable(hello.To);
    }
}
