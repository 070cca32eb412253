using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.Extensions.Logging;
using Orchestrator.Engine;
using Orchestrator.Engine.Logs;

namespace Orchestrator.Agent.Logs;

/// <summary>Sends the logs of this node's tasks to whoever subscribed to them at a manager.</summary>
internal sealed class LogPublisher(
    ContainerEngine engine, string nodeId, Func<IReadOnlyCollection<P.Task>> tasks, ILogger<LogPublisher> logger)
{
    private const int BatchSize = 64;

    /// <summary>Serves subscriptions for as long as the session lasts.</summary>
    public async Task RunAsync(CallInvoker invoker, CancellationToken cancellationToken)
    {
        var broker = new P.LogBroker.LogBrokerClient(invoker);
        var open = new Dictionary<string, CancellationTokenSource>();
        var running = new List<Task>();
        try
        {
            using var call = broker.ListenSubscriptions(new(), cancellationToken: cancellationToken);
            while (await call.ResponseStream.MoveNext(cancellationToken).ConfigureAwait(false))
            {
                var subscription = call.ResponseStream.Current;
                if (subscription.Close)
                {
                    if (open.Remove(subscription.Id, out var closed))
                        await closed.CancelAsync().ConfigureAwait(false);
                }
                else if (!open.ContainsKey(subscription.Id))
                {
                    var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                    open[subscription.Id] = stop;
                    running.Add(PublishAsync(broker, subscription, stop.Token));
                }

                running.RemoveAll(done => done.IsCompleted);
            }
        }
        finally
        {
            foreach (var stop in open.Values)
                await stop.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(running).ConfigureAwait(false);
        }
    }

    private async Task PublishAsync(
        P.LogBroker.LogBrokerClient broker, P.SubscriptionMessage subscription, CancellationToken cancellationToken)
    {
        try
        {
            using var call = broker.PublishLogs(cancellationToken: cancellationToken);
            using var writing = new SemaphoreSlim(1, 1);
            var selected = tasks().Where(t => Selects(subscription.Selector, t)).ToList();
            await Task.WhenAll(selected.Select(
                t => CopyAsync(t, subscription, call.RequestStream, writing, cancellationToken))).ConfigureAwait(false);
            await call.RequestStream.WriteAsync(
                new() { SubscriptionId = subscription.Id, Close = true }, cancellationToken)
                .ConfigureAwait(false);
            await call.RequestStream.CompleteAsync().ConfigureAwait(false);
            await call.ResponseAsync.ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The reader is gone, or the session.
        }
        catch (RpcException e) when (cancellationToken.IsCancellationRequested || e.StatusCode == StatusCode.Cancelled)
        {
            // The same, as the wire says it.
        }
        catch (Exception e)
        {
            logger.LogsFailed(subscription.Id, e);
        }
    }

    private bool Selects(P.LogSelector selector, P.Task task) =>
        task.Spec.Attached is null
        && (selector.TaskIds.Contains(task.Id) || selector.ServiceIds.Contains(task.ServiceId)
            || selector.NodeIds.Contains(nodeId));

    private async Task CopyAsync(
        P.Task task, P.SubscriptionMessage subscription, IClientStreamWriter<P.PublishLogsMessage> writer,
        SemaphoreSlim writing, CancellationToken cancellationToken)
    {
        var batch = new P.PublishLogsMessage { SubscriptionId = subscription.Id };
        try
        {
            await foreach (var entry in engine.LogsAsync(Name(task), Query(subscription.Options), cancellationToken)
                .ConfigureAwait(false))
            {
                batch.Messages.Add(Message(task, entry));
                // Following, every line is sent at once; reading, a handful travel together.
                if (batch.Messages.Count >= (subscription.Options.Follow ? 1 : BatchSize))
                    batch = await SendAsync(batch, writer, writing, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (EngineException e) when (e.Error == EngineError.NotFound)
        {
            // No container yet, or no more: nothing to read.
        }

        if (batch.Messages.Count > 0)
            await SendAsync(batch, writer, writing, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<P.PublishLogsMessage> SendAsync(
        P.PublishLogsMessage batch, IClientStreamWriter<P.PublishLogsMessage> writer, SemaphoreSlim writing,
        CancellationToken cancellationToken)
    {
        await writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await writer.WriteAsync(batch, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            writing.Release();
        }

        return new P.PublishLogsMessage { SubscriptionId = batch.SubscriptionId };
    }

    private P.LogMessage Message(P.Task task, LogEntry entry) => new()
    {
        ServiceId = task.ServiceId,
        NodeId = nodeId,
        TaskId = task.Id,
        Timestamp = Timestamp.FromDateTimeOffset(entry.Time),
        Stream = entry.Stream == LogStream.Stderr ? P.LogStream.Stderr : P.LogStream.Stdout,
        Data = ByteString.CopyFrom(entry.Line.Span),
    };

    private static LogQuery Query(P.LogOptions options) => new(
        options.Stdout, options.Stderr, options.Since?.ToDateTimeOffset(),
        Tail: options.Tail < 0 ? null : (int)options.Tail, Follow: options.Follow);

    private static string Name(P.Task task) => Protocol.Mapping.Objects.ToModel(task).Name;
}
