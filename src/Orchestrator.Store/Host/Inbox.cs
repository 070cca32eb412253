namespace Orchestrator.Store.Host;

/// <summary>
/// What waits for the loop thread, in two lanes: messages, ticks and completions go before proposals and reads, so that
/// load never delays a heartbeat. Posting never blocks; the first lane is bounded by what its senders have outstanding.
/// </summary>
internal sealed class Inbox(int maxRequests)
{
    private const int MaxMessages = 20_000;
    private readonly object gate = new();
    private readonly Queue<Action> control = [];
    private readonly Queue<Action> requests = [];
    private bool closed;

    /// <summary>False: closed.</summary>
    public bool Post(Action input)
    {
        lock (gate)
        {
            if (closed)
                return false;
            control.Enqueue(input);
            Monitor.Pulse(gate);
            return true;
        }
    }

    /// <summary>Something that may be lost: dropped when the loop is far behind.</summary>
    public void PostMessage(Action input)
    {
        lock (gate)
        {
            if (closed || control.Count >= MaxMessages)
                return;
            control.Enqueue(input);
            Monitor.Pulse(gate);
        }
    }

    /// <summary>False: too many wait. Throws when closed.</summary>
    public bool PostRequest(Action input)
    {
        lock (gate)
        {
            if (closed)
                throw new LogStoppedException(null);
            if (requests.Count >= maxRequests)
                return false;
            requests.Enqueue(input);
            Monitor.Pulse(gate);
            return true;
        }
    }

    /// <summary>Moves up to <paramref name="max"/> inputs to <paramref name="batch"/>, waiting for the first.</summary>
    public void Take(List<Action> batch, int max, TimeSpan wait)
    {
        lock (gate)
        {
            if (control.Count == 0 && requests.Count == 0 && wait > TimeSpan.Zero && !closed)
                Monitor.Wait(gate, wait);
            while (batch.Count < max && (control.TryDequeue(out var input) || requests.TryDequeue(out input)))
                batch.Add(input);
        }
    }

    /// <summary>Takes no more; what waits is returned to be refused.</summary>
    public void Close()
    {
        lock (gate)
        {
            closed = true;
            Monitor.PulseAll(gate);
        }
    }
}
