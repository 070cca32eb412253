using Orchestrator.Model;

namespace Orchestrator.Manager.Sharing;

/// <summary>
/// Who has a blob and who reads it from whom: trees under the registry and under the nodes that have it.
/// </summary>
internal sealed class BlobForest(SharingOptions options)
{
    public const int Adrift = int.MaxValue;

    private readonly Dictionary<NodeId, int> branches = [];
    private readonly Dictionary<NodeId, int> streams = [];
    private double bestRate;

    public Dictionary<NodeId, BlobReader> Readers { get; } = [];

    public HashSet<NodeId> Holders { get; } = [];

    /// <summary>Whether what a node reads comes by way of another, or is that other.</summary>
    public bool Passes(NodeId from, NodeId by)
    {
        var at = from;
        for (var hops = 0; hops <= Readers.Count; hops++)
        {
            if (at == by)
                return true;
            if (!Readers.TryGetValue(at, out var reader) || reader.Source is not { } next)
                return false;
            at = next;
        }

        return true;
    }

    /// <summary>Zero: has it whole. <see cref="Adrift"/>: its own source is gone, and it is about to notice.</summary>
    public int DepthOf(NodeId node)
    {
        var (at, depth) = (node, 0);
        while (!Holders.Contains(at))
        {
            if (!Readers.TryGetValue(at, out var reader) || reader.IsLost || depth > Readers.Count)
                return Adrift;
            depth++;
            if (reader.Source is not { } next)
                return depth;
            at = next;
        }

        return depth;
    }

    /// <summary>Counts who feeds how many; <see cref="BranchesOf"/> and <see cref="HasRoom"/> are as of then.</summary>
    public void Count()
    {
        branches.Clear();
        streams.Clear();
        foreach (var reader in Readers.Values)
        {
            if (reader.Source is not { } source)
                continue;
            streams[source] = streams.GetValueOrDefault(source) + 1;
            // Those that are slow themselves take little, and shall not keep others from the source.
            branches[source] = branches.GetValueOrDefault(source) + (IsSlow(reader) ? 0 : 1);
        }
    }

    public int BranchesOf(NodeId node) => branches.GetValueOrDefault(node);

    public bool HasRoom(NodeId node) =>
        BranchesOf(node) < options.MaxBranches && streams.GetValueOrDefault(node) < options.MaxStreams;

    /// <summary>Measures what a reader gets, once there is enough to measure.</summary>
    public void Measure(BlobReader reader, DateTimeOffset now)
    {
        if (now - reader.Mark.Time < options.Measure)
            return;
        var rate = RateOf(reader, reader.Offset, now);
        (reader.Rate, reader.Mark) = (rate, (now, reader.Offset));
        bestRate = Math.Max(bestRate, rate);
    }

    /// <summary>Takes a reader out that has ended well.</summary>
    public void End(NodeId node, long size, DateTimeOffset now)
    {
        if (Readers.Remove(node, out var reader))
            bestRate = Math.Max(bestRate, RateOf(reader, size, now));
    }

    /// <summary>Gets far less than another does.</summary>
    public bool IsSlow(BlobReader reader) => reader.Rate * options.SlowRatio < bestRate;

    private static double RateOf(BlobReader reader, long offset, DateTimeOffset now) =>
        (offset - reader.Mark.Offset) / Math.Max(1, (now - reader.Mark.Time).TotalSeconds);
}
