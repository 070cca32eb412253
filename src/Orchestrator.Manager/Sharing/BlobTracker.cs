using Orchestrator.Model;

namespace Orchestrator.Manager.Sharing;

/// <summary>
/// Knows which worker has which blob of the cluster's registry and who reads it from whom, and sends each that wants
/// one to another that has it, or will have it.
/// </summary>
/// <remarks>
/// Soft state: all it costs to lose it is one more copy of what is asked for next. Deterministic, without clock and
/// I/O; one caller at a time.
/// </remarks>
internal sealed class BlobTracker(SharingOptions options)
{
    /// <summary>So many lies, and nobody is sent there for a while.</summary>
    private const int MaxLies = 3;

    private readonly Dictionary<string, BlobSwarm> swarms = new(StringComparer.Ordinal);
    private readonly Dictionary<NodeId, DateTimeOffset> doubted = [];
    private readonly Dictionary<NodeId, int> lies = [];

    public IReadOnlyDictionary<string, BlobSwarm> Swarms => swarms;

    /// <summary>A node passed on content that is not what its digest says: node, blob, and who got it.</summary>
    public event Action<NodeId, string, NodeId>? Lied;

    /// <summary>Chooses where a node is to read a blob from.</summary>
    /// <param name="offset">Bytes it has.</param>
    /// <param name="failed">The source that <paramref name="fault"/> is about.</param>
    /// <param name="mayServe">Whether a node is up and gives to others.</param>
    public SourceChoice Find(
        NodeId node, string blob, long offset, SourceFault fault, NodeId? failed, Func<NodeId, bool> mayServe,
        DateTimeOffset now)
    {
        Hear(node, now);
        if (SwarmOf(blob) is not { } swarm)
            return new SourceChoice(null, 0, fault == SourceFault.Damaged);
        swarm.Expire(now - options.ReaderSilence);
        var source = swarm.Readers.GetValueOrDefault(node)?.Source;
        if (fault == SourceFault.Unreachable && failed is { } silent && source == silent)
            doubted[silent] = now + options.Doubt;
        if (fault == SourceFault.Damaged && swarm.OnlySourceOf(node) is { } liar)
            NoteLie(liar, blob, node, now);
        var loads = swarms.Values.SelectMany(s => s.Readers.Values).Select(r => r.Source).OfType<NodeId>()
            .CountBy(n => n).ToDictionary();
        return swarm.Choose(
            node, offset, fault, failed, n => mayServe(n) && !IsDoubted(n, now), n => loads.GetValueOrDefault(n), now);
    }

    /// <summary>A node is reading a blob, and has so much of it.</summary>
    /// <param name="source">Null: it reads from the registry.</param>
    /// <returns>Whether others do so much better that it should ask again, for what it has is too slow.</returns>
    public bool Progress(
        NodeId node, string blob, long offset, NodeId? source, Func<NodeId, bool> mayServe, DateTimeOffset now)
    {
        Hear(node, now);
        return SwarmOf(blob)?.Progress(node, offset, source, n => mayServe(n) && !IsDoubted(n, now), now) == true;
    }

    /// <summary>A node has a blob whole and verified.</summary>
    public void AddHolder(NodeId node, string blob, long size, DateTimeOffset now)
    {
        Hear(node, now);
        SwarmOf(blob)?.AddHolder(node, size, now);
    }

    /// <summary>A node has given up reading a blob.</summary>
    public void GiveUp(NodeId node, string blob) => swarms.GetValueOrDefault(blob)?.Remove(node);

    /// <summary>Forgets what has been silent for long.</summary>
    public void Expire(DateTimeOffset now)
    {
        foreach (var (blob, swarm) in swarms.ToList())
        {
            swarm.Expire(now - options.ReaderSilence);
            if (swarm.Readers.Count == 0 && swarm.Touched < now - options.Memory)
                swarms.Remove(blob);
        }

        foreach (var (node, until) in doubted.ToList())
        {
            if (until <= now && doubted.Remove(node))
                lies.Remove(node);
        }
    }

    private bool IsDoubted(NodeId node, DateTimeOffset now) => doubted.TryGetValue(node, out var until) && now < until;

    /// <summary>Who speaks is there; a liar's word does not make it honest.</summary>
    private void Hear(NodeId node, DateTimeOffset now)
    {
        if (lies.GetValueOrDefault(node) < MaxLies || doubted.GetValueOrDefault(node) <= now)
            doubted.Remove(node);
    }

    private void NoteLie(NodeId liar, string blob, NodeId victim, DateTimeOffset now)
    {
        lies[liar] = lies.GetValueOrDefault(liar) + 1;
        if (lies[liar] >= MaxLies)
            doubted[liar] = now + options.Distrust;
        Lied?.Invoke(liar, blob, victim);
    }

    private BlobSwarm? SwarmOf(string blob)
    {
        if (swarms.TryGetValue(blob, out var swarm))
            return swarm;
        return swarms.Count >= options.MaxBlobs ? null : swarms[blob] = new BlobSwarm(options);
    }
}
