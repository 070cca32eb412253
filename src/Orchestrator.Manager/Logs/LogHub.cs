using System.Collections.Concurrent;
using System.Collections.Immutable;
using Grpc.Core;
using Orchestrator.Manager.Loops;
using Orchestrator.Model;
using Orchestrator.Store;
using Orchestrator.Store.Tables;

namespace Orchestrator.Manager.Logs;

/// <summary>
/// Brings readers of logs and the nodes that have them together, on the leader. Each task is a subscription of its own
/// for its
/// node, named SUBSCRIPTION/TASK, so that tasks which appear while a reader follows are asked like the first ones.
/// </summary>
internal sealed class LogHub(ObjectStore store, LogHubOptions options, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, LogSubscription> subscriptions = new(StringComparer.Ordinal);
    private readonly Latest<ImmutableDictionary<string, Wanted>> wanted = new(
        ImmutableDictionary<string, Wanted>.Empty);
    private readonly Lock gate = new();

    private sealed record Wanted(NodeId Node, P.SubscriptionMessage Message);

    /// <summary>Passes on what the nodes have, until there is no more or the reader goes.</summary>
    public async Task SubscribeAsync(
        P.SubscribeLogsRequest request, IAsyncStreamWriter<P.LogMessages> reader, CancellationToken cancellationToken)
    {
        var subscription = new LogSubscription(Identifier.New(), request, options.Waiting);
        subscriptions[subscription.Id] = subscription;
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var asking = AskAsync(subscription, ended.Token);
        try
        {
            await PassOnAsync(subscription, reader, cancellationToken);
        }
        finally
        {
            await ended.CancelAsync();
            await asking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            subscriptions.TryRemove(subscription.Id, out _);
            Forget(key => key.StartsWith(subscription.Id, StringComparison.Ordinal));
        }
    }

    /// <summary>Tells a node what is wanted of it, as that comes and goes.</summary>
    public async Task ListenAsync(
        NodeId node, IAsyncStreamWriter<P.SubscriptionMessage> stream, CancellationToken cancellationToken)
    {
        var told = new HashSet<string>(StringComparer.Ordinal);
        ImmutableDictionary<string, Wanted>? seen = null;
        while (true)
        {
            seen = await wanted.NextAsync(seen, cancellationToken);
            foreach (var gone in told.Where(key => !seen.ContainsKey(key)).ToList())
            {
                told.Remove(gone);
                await stream.WriteAsync(new P.SubscriptionMessage { Id = gone, Close = true }, cancellationToken);
            }

            foreach (var (key, item) in seen.Where(pair => pair.Value.Node == node && !told.Contains(pair.Key)))
            {
                told.Add(key);
                await stream.WriteAsync(item.Message, cancellationToken);
            }
        }
    }

    /// <summary>Takes what a node has for one task of one subscription.</summary>
    public async Task PublishAsync(
        IAsyncStreamReader<P.PublishLogsMessage> messages, CancellationToken cancellationToken)
    {
        var open = new HashSet<string>(StringComparer.Ordinal);
        try
        {
            while (await messages.MoveNext(cancellationToken))
            {
                var message = messages.Current;
                if (!await TakeAsync(message, cancellationToken))
                    return;
                open.Add(message.SubscriptionId);
            }
        }
        finally
        {
            // A node that breaks off owes no more than one that says it is done.
            foreach (var key in open)
                Settle(key);
        }
    }

    /// <returns>False: the reader has gone.</returns>
    private async Task<bool> TakeAsync(P.PublishLogsMessage message, CancellationToken cancellationToken)
    {
        if (!subscriptions.TryGetValue(message.SubscriptionId.Split('/')[0], out var subscription))
            return false;
        if (message.Messages.Count > 0)
        {
            var batch = new P.LogMessages();
            batch.Messages.AddRange(message.Messages);
            try
            {
                await subscription.Messages.Writer.WriteAsync(batch, cancellationToken);
            }
            catch (System.Threading.Channels.ChannelClosedException)
            {
                return false;
            }
        }

        if (message.Close)
            Settle(message.SubscriptionId);
        return true;
    }

    private void Settle(string key)
    {
        var parts = key.Split('/');
        if (subscriptions.TryGetValue(parts[0], out var subscription))
            subscription.Settle(new TaskId(parts[^1]));
        // A reader that follows keeps the node listening; it says that it is done only when the container is.
        Forget(other => other == key);
    }

    private async Task AskAsync(LogSubscription subscription, CancellationToken cancellationToken)
    {
        await foreach (var root in store.FollowAsync([ObjectKind.Task, ObjectKind.Node], cancellationToken))
        {
            var selected = LogSelection.Of(subscription.Request.Selector, root).Where(
                t => subscription.Ask(t.Id)).ToList();
            Want(selected.Select(
                task => KeyValuePair.Create($"{subscription.Id}/{task.Id}", Message(subscription, task))));
            if (subscription.Request.Options.Follow)
                continue;
            if (selected.Count == 0)
                subscription.GiveUp();
            return;
        }
    }

    private static Wanted Message(LogSubscription subscription, OrchTask task)
    {
        var message = new P.SubscriptionMessage
        {
            Id = $"{subscription.Id}/{task.Id}", Selector = new P.LogSelector(), Options = subscription.Request.Options,
        };
        message.Selector.TaskIds.Add(task.Id.Value);
        return new Wanted(task.NodeId, message);
    }

    private async Task PassOnAsync(
        LogSubscription subscription, IAsyncStreamWriter<P.LogMessages> reader, CancellationToken cancellationToken)
    {
        while (await WaitAsync(subscription, cancellationToken))
        {
            while (subscription.Messages.Reader.TryRead(out var batch))
                await reader.WriteAsync(batch, cancellationToken);
        }
    }

    // A node that does not answer must not keep the reader of the others waiting.
    private async Task<bool> WaitAsync(LogSubscription subscription, CancellationToken cancellationToken)
    {
        var more = subscription.Messages.Reader.WaitToReadAsync(cancellationToken).AsTask();
        if (subscription.Request.Options.Follow)
            return await more;
        try
        {
            return await more.WaitAsync(options.Patience, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            subscription.GiveUp();
            return await more;
        }
    }

    private void Want(IEnumerable<KeyValuePair<string, Wanted>> items)
    {
        lock (gate)
            wanted.Set(wanted.Value.SetItems(items));
    }

    private void Forget(Func<string, bool> which)
    {
        lock (gate)
            wanted.Set(wanted.Value.RemoveRange(wanted.Value.Keys.Where(which)));
    }
}
