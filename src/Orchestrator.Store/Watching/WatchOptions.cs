namespace Orchestrator.Store.Watching;

/// <summary>How much history is kept for watchers that lag.</summary>
public sealed record WatchOptions
{
    /// <summary>Transactions kept. Default 65 536.</summary>
    public int Records { get; init; } = 65_536;

    /// <summary>Bytes of log entries kept, whichever ends first. Default 64 MiB.</summary>
    public long Bytes { get; init; } = 64 << 20;

    public IEnumerable<string> Faults()
    {
        if (Records < 1)
            yield return $"store.watch-records is {Records}; set 1 or more.";
        if (Bytes < 1)
            yield return $"store.watch-bytes is {Bytes}; set 1 or more.";
    }
}
