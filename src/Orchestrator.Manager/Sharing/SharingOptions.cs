namespace Orchestrator.Manager.Sharing;

public sealed record SharingOptions
{
    /// <summary>Readers of one blob that the registry feeds at a time, where all goes well. Default 1.</summary>
    public int Seeds { get; init; } = 1;

    /// <summary>Further ones for nodes whose peers are too slow. Default 2.</summary>
    public int Spares { get; init; } = 2;

    /// <summary>Readers of one blob that a node feeds, where there is a choice. Default 2.</summary>
    /// <remarks>
    /// Two halve a node's bandwidth and give a tree of 50 a depth of six; a chain would be quicker, and frail.
    /// </remarks>
    public int Branches { get; init; } = 2;

    /// <summary>The same, at most; readers that are slow themselves are not counted. Default 4.</summary>
    public int MaxBranches { get; init; } = 4;

    /// <summary>The same, with the slow ones. Default 12.</summary>
    public int MaxStreams { get; init; } = 12;

    /// <summary>How far another reader must be ahead to be worth changing to. Default 1 MiB.</summary>
    public long LeadBytes { get; init; } = 1 << 20;

    /// <summary>Over how long a reader's rate is measured. Default 4 s.</summary>
    public TimeSpan Measure { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>A reader that gets so many times less than the quickest is slow. Default 4.</summary>
    public int SlowRatio { get; init; } = 4;

    /// <summary>How often a slow reader is moved; then it is slow itself. Default 3.</summary>
    public int MaxMoves { get; init; } = 3;

    /// <summary>Silence after which a node is taken to read no longer. Default 30 s.</summary>
    public TimeSpan ReaderSilence { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long nobody is sent to a node that somebody could not reach. Default 1 min.</summary>
    public TimeSpan Doubt { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long nobody is sent to a node that passed on damaged content three times. Default 1 h.</summary>
    public TimeSpan Distrust { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long a blob that nobody asks for is remembered. Default 24 h.</summary>
    public TimeSpan Memory { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Blobs remembered at most; further ones come from the registry. Default 50 000.</summary>
    public int MaxBlobs { get; init; } = 50_000;

    /// <summary>All faults at once, each naming the setting, its value and the remedy. Empty: usable.</summary>
    public IEnumerable<string> Faults()
    {
        if (Seeds < 1)
            yield return $"sharing.seeds is {Seeds}; set 1 or more.";
        if (Branches < 1 || MaxBranches < Branches)
            yield return $"sharing.max-branches is {MaxBranches}; set {Math.Max(1, Branches)} or more.";
    }
}
