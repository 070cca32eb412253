namespace Orchestrator.Store;

/// <summary>What a transaction may weigh, and how hard it is tried.</summary>
public sealed record StoreOptions
{
    /// <summary>Bytes of one object as stored. Default 1.1 MiB.</summary>
    public int MaxObjectBytes { get; init; } = 1_153_433;

    /// <summary>Bytes of one transaction. Default 8 MiB.</summary>
    public int MaxTransactionBytes { get; init; } = 8 << 20;

    /// <summary>
    /// Runs of one transaction before it is given up, when newer changes keep getting in its way. Default 16.
    /// </summary>
    public int MaxAttempts { get; init; } = 16;

    /// <summary>Changes after which bulk work is split into a further transaction. Default 200.</summary>
    public int BatchChanges { get; init; } = 200;

    /// <summary>All faults at once, each naming the setting, its value and the remedy. Empty: usable.</summary>
    public IEnumerable<string> Faults()
    {
        if (MaxTransactionBytes < MaxObjectBytes)
            yield return $"store.max-transaction is {MaxTransactionBytes}; set {MaxObjectBytes} or more (max-object).";
        if (MaxAttempts < 1)
            yield return $"store.max-attempts is {MaxAttempts}; set 1 or more.";
        if (BatchChanges < 1)
            yield return $"store.batch-changes is {BatchChanges}; set 1 or more.";
    }
}
