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
/// for its node, named SUBSCRIPTION/TASK/TIME, so that tasks which appear while a reader follows are asked like the
/// first ones, and one whose node was lost is asked a second time for the rest.
/// </summary>
internal sealed class LogHub(ObjectStore store, LogHubOptions options, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, LogSubscription> subscriptions = new(StringComparer.Ordinal);
    private readonly Latest<ImmutableDictionary<string, Wanted>> wanted = new(
        ImmutableDictionary<string, Wanted>.Empty);
    private readonly Lock gate = new();

    private sealed record Wanted(LogProgress Progress, P.SubscriptionMessage Message);

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
            subscription.End();
            Forget(subscription.Id);
        }
    }

    /// <summary>
    /// Tells a node what is wanted of it, as that comes and goes; and once more what it broke off when its last session
    /// was lost.
    /// </summary>
    public async Task ListenAsync(
        NodeId node, IAsyncStreamWriter<P.SubscriptionMessage> stream, CancellationToken cancellationToken)
    {
        AskAgain(node);
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

            var asked = seen.Where(pair => pair.Value.Progress.Node == node);
            foreach (var (key, item) in asked.Where(pair => !told.Contains(pair.Key)))
            {
                told.Add(key);
                await stream.WriteAsync(item.Message, cancellationToken);
            }
        }
    }

    /// <summary>
    /// Takes what a node has for one task of one subscription. A call that breaks off settles nothing: the node owes
    /// the rest, and is asked for it when it listens again.
    /// </summary>
    public async Task PublishAsync(
        IAsyncStreamReader<P.PublishLogsMessage> messages, CancellationToken cancellationToken)
    {
        while (await messages.MoveNext(cancellationToken) && await TakeAsync(messages.Current))
        {
        }
    }

    /// <returns>False: the reader has gone, or has asked anew meanwhile.</returns>
    private async Task<bool> TakeAsync(P.PublishLogsMessage message)
    {
        if (message.SubscriptionId.Split('/') is not [var id, var task, _]
            || !subscriptions.TryGetValue(id, out var subscription)
            || subscription.Owed(new TaskId(task)) is not { } progress
            || progress.Take(message) is not { } batch)
        {
            return false;
        }

        try
        {
            // Taken, it is never sent again: it waits for the reader, whatever becomes of the node's call.
            if (batch.Messages.Count > 0)
                await subscription.Messages.Writer.WriteAsync(batch, CancellationToken.None);
        }
        catch (System.Threading.Channels.ChannelClosedException)
        {
            return false;
        }

        if (message.Close)
        {
            subscription.Settle(progress.Task);
            // A reader that follows keeps the node listening; it says that it is done only when the container is.
            Forget(progress.Name);
        }

        return true;
    }

    private async Task AskAsync(LogSubscription subscription, CancellationToken cancellationToken)
    {
        await foreach (var root in store.FollowAsync([ObjectKind.Task, ObjectKind.Node], cancellationToken))
        {
            var selected = LogSelection.Of(subscription.Request.Selector, root)
                .Select(subscription.Ask).OfType<LogProgress>().ToList();
            Want(selected);
            if (subscription.Request.Options.Follow)
                continue;
            if (selected.Count == 0)
                subscription.End();
            return;
        }
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
            subscription.End(Incomplete(subscription.Owing()));
            return await more;
        }
    }

    private UserException? Incomplete(IReadOnlyCollection<NodeId> silent)
    {
        if (silent.Count == 0)
            return null;
        var nodes = store.View().Nodes;
        var names = silent.Select(id => nodes.Get(id.Value)?.Description?.Hostname ?? id.Value).Order();
        return new UserException(
            ErrorCode.Unavailable,
            $"incomplete log stream: not all has come from node {string.Join(", ", names)}",
            "See whether it is there: orch node ls");
    }

    private void Want(IEnumerable<LogProgress> items)
    {
        lock (gate)
            wanted.Set(wanted.Value.SetItems(items.Select(Ask)));
    }

    private void AskAgain(NodeId node)
    {
        lock (gate)
        {
            var again = wanted.Value.Where(pair => pair.Value.Progress.Node == node).ToList();
            wanted.Set(
                wanted.Value.RemoveRange(again.Select(pair => pair.Key))
                    .AddRange(again.Select(pair => Ask(pair.Value.Progress))));
        }
    }

    private static KeyValuePair<string, Wanted> Ask(LogProgress progress)
    {
        var message = progress.Ask();
        return KeyValuePair.Create(message.Id, new Wanted(progress, message));
    }

    /// <param name="name">Of a subscription, or of one task of it.</param>
    private void Forget(string name)
    {
        lock (gate)
        {
            wanted.Set(wanted.Value.RemoveRange(
                wanted.Value.Keys.Where(key => key.StartsWith($"{name}/", StringComparison.Ordinal))));
        }
    }
}
