namespace Orchestrator.Simulation.Sharing;

/// <summary>A number of nodes that pull one image, and what befalls them.</summary>
internal sealed record SharingScenario(string Name)
{
    public int Nodes { get; init; } = 50;

    public long[] LayerBytes { get; init; } = [200 << 20, 30 << 20, 100 << 20, 2 << 20, 60 << 20, 10 << 20];

    /// <summary>Over how long the pulls begin.</summary>
    public double StartSeconds { get; init; }

    /// <summary>Of each node, in and out, and of the registry.</summary>
    public double BytesPerSecond { get; init; } = 100 << 20;

    /// <summary>Nodes with a fiftieth of that.</summary>
    public int Slow { get; init; }

    /// <summary>Nodes that crash within the first so many seconds, and do not come back.</summary>
    public int Crashing { get; init; }

    public double CrashSeconds { get; init; } = 20;

    /// <summary>Nodes that have the image already, and of which each byte they give is wrong.</summary>
    public int Liars { get; init; }

    /// <summary>From then on the tracker does not know what it knew; null: never.</summary>
    public double? TrackerLossSeconds { get; init; }

    public override string ToString() => Name;
}
