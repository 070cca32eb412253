using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Orchestrator.Engine.Events;

/// <summary>The last events of this node, and those to come for whoever subscribes.</summary>
/// <remarks>A subscriber that does not read loses its oldest unread events; the publisher never waits.</remarks>
public sealed class EventLog(TimeProvider time)
{
    private const int Kept = 256;
    private const int Unread = 4096;

    private readonly Lock gate = new();
    private readonly Queue<EngineEvent> recent = new(Kept);
    private readonly List<Channel<EngineEvent>> subscribers = [];

    /// <summary>So many subscribers wait for more.</summary>
    public int Listeners
    {
        get
        {
            lock (gate)
                return subscribers.Count;
        }
    }

    public void Publish(
        string type, string action, string actorId, IReadOnlyDictionary<string, string> attributes,
        string scope = "local")
    {
        lock (gate)
        {
            // Stamped under the lock, so that the order of the list is the order of the times.
            var item = new EngineEvent(type, action, actorId, attributes, time.GetUtcNow(), scope);
            if (recent.Count == Kept)
                recent.Dequeue();
            recent.Enqueue(item);
            foreach (var subscriber in subscribers)
                subscriber.Writer.TryWrite(item);
        }
    }

    /// <param name="type">Of what was pruned.</param>
    public void Pruned(string type, long reclaimedBytes) => Publish(
        type, "prune", "", new Dictionary<string, string> { ["reclaimed"] = $"{reclaimedBytes}" });

    /// <summary>Kept events since <paramref name="since"/>, then new ones up to <paramref name="until"/>.</summary>
    /// <param name="since">Null: only new ones.</param>
    /// <param name="until">Null: until cancelled. A time in the past ends the stream after the kept events.</param>
    public async IAsyncEnumerable<EngineEvent> ReadAsync(
        DateTimeOffset? since, DateTimeOffset? until, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var channel = Channel.CreateBounded<EngineEvent>(
            new BoundedChannelOptions(Unread) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
        var kept = Subscribe(channel, since);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            foreach (var item in kept.Where(item => until is null || item.Time <= until))
                yield return item;
            if (until is { } end && !LimitTo(end, limit))
                yield break;
            while (await HasNextAsync(channel.Reader, limit.Token, cancellationToken))
            {
                while (channel.Reader.TryRead(out var item))
                    yield return item;
            }
        }
        finally
        {
            lock (gate)
                subscribers.Remove(channel);
        }
    }

    private EngineEvent[] Subscribe(Channel<EngineEvent> channel, DateTimeOffset? since)
    {
        lock (gate)
        {
            subscribers.Add(channel);
            return since is null ? [] : [.. recent.Where(item => item.Time >= since)];
        }
    }

    private bool LimitTo(DateTimeOffset end, CancellationTokenSource limit)
    {
        var left = end - time.GetUtcNow();
        if (left <= TimeSpan.Zero)
            return false;
        limit.CancelAfter(left);
        return true;
    }

    private static async Task<bool> HasNextAsync(
        ChannelReader<EngineEvent> reader, CancellationToken limit, CancellationToken caller)
    {
        try
        {
            return await reader.WaitToReadAsync(limit);
        }
        catch (OperationCanceledException) when (!caller.IsCancellationRequested)
        {
            return false; // The time the reader named has come.
        }
    }
}
