using Orchestrator.Model;

namespace Orchestrator.Manager.Sharing;

/// <summary>One blob: chooses for each node that wants it where to read it from.</summary>
/// <remarks>
/// Deterministic, without clock and I/O. Whatever is asked in whatever order, no node reads from itself by way of
/// others, and none feeds more than <see cref="SharingOptions.MaxBranches"/> that are not slow themselves.
/// </remarks>
internal sealed class BlobSwarm(SharingOptions options)
{
    private readonly BlobForest forest = new(options);
    private readonly HashSet<NodeId> liars = [];

    /// <summary>Nodes that others left because too little came.</summary>
    private readonly HashSet<NodeId> sluggish = [];

    /// <summary>When a node last had to do with it.</summary>
    public DateTimeOffset Touched { get; private set; }

    public IReadOnlyDictionary<NodeId, BlobReader> Readers => forest.Readers;

    /// <summary>Chooses a source for a node that begins to read, or cannot go on with the one it had.</summary>
    /// <param name="failed">The source that <paramref name="fault"/> is about.</param>
    /// <param name="mayServe">Whether a node can be sent to at all.</param>
    /// <param name="load">How many readers a node feeds, of all blobs.</param>
    public SourceChoice Choose(
        NodeId node, long offset, SourceFault fault, NodeId? failed, Func<NodeId, bool> mayServe,
        Func<NodeId, int> load, DateTimeOffset now)
    {
        if (fault == SourceFault.None)
            forest.Readers.Remove(node); // Of a download that broke off; who reads from it goes on.
        var reader = Enter(node, now);
        if (offset == reader.Began && reader.Source is { } idle)
            reader.Used.Remove(idle); // It gave nothing.
        reader.Offset = offset;
        var before = reader.Source;
        var isAnew = Blame(node, reader, fault, failed);
        reader.Source = null;
        var source = reader.IsAlone ? null
            : fault == SourceFault.Slow ? PickQuicker(node, reader, before, mayServe, load)
            : Pick(node, reader, fault, mayServe, load);
        (reader.Source, reader.Began, reader.Rate, reader.Mark) = (source, reader.Offset, null, (now, reader.Offset));
        if (source is not { } from)
            return new SourceChoice(null, 0, isAnew);
        reader.Used.Add(from);
        return new SourceChoice(source, forest.DepthOf(from), isAnew);
    }

    /// <summary>A node says how far it is, and from whom it reads.</summary>
    /// <returns>Whether it does so badly, beside others, that it should ask for another source.</returns>
    public bool Progress(NodeId node, long offset, NodeId? source, Func<NodeId, bool> mayServe, DateTimeOffset now)
    {
        if (!Readers.ContainsKey(node))
        {
            Adopt(node, offset, source, now);
            return false;
        }

        var reader = Enter(node, now);
        reader.Offset = Math.Max(reader.Offset, offset);
        if (source is null)
            reader.Source = null; // It has gone to the registry on its own.
        forest.Measure(reader, now);
        return reader.IsAdvised = ShouldMove(node, reader, mayServe);
    }

    /// <summary>A node has it whole, and has verified it.</summary>
    public void AddHolder(NodeId node, long size, DateTimeOffset now)
    {
        Touched = now;
        forest.End(node, size, now);
        forest.Holders.Add(node);
    }

    /// <summary>A node reads it no longer, or has deleted it.</summary>
    public void Remove(NodeId node)
    {
        forest.Readers.Remove(node);
        forest.Holders.Remove(node);
    }

    /// <summary>The source of a node, if that one alone can be to blame for what it got.</summary>
    public NodeId? OnlySourceOf(NodeId node) =>
        Readers.GetValueOrDefault(node) is { IsTainted: false, Used: { Count: 1 } used } ? used.Single() : null;

    /// <summary>Forgets readers that have not been heard of since.</summary>
    public void Expire(DateTimeOffset before)
    {
        foreach (var (node, _) in Readers.Where(r => r.Value.Heard < before).ToList())
            forest.Readers.Remove(node);
    }

    private BlobReader Enter(NodeId node, DateTimeOffset now)
    {
        Touched = now;
        forest.Holders.Remove(node); // Who reads does not have it.
        if (!forest.Readers.TryGetValue(node, out var reader))
            forest.Readers[node] = reader = new BlobReader { Mark = (now, 0) };
        (reader.Heard, reader.IsLost) = (now, false);
        return reader;
    }

    /// <summary>
    /// Begun under another manager, or given up here too early: taken up as it is, if that does no harm.
    /// </summary>
    private void Adopt(NodeId node, long offset, NodeId? source, DateTimeOffset now)
    {
        var reader = Enter(node, now);
        (reader.Offset, reader.Mark) = (offset, (now, offset));
        if (source is not { } from)
            return;
        reader.Used.Add(from);
        forest.Count();
        if (from != node && !forest.Passes(from, node) && forest.HasRoom(from))
            reader.Source = from;
    }

    /// <summary>Takes note of what was wrong with the source that a node had.</summary>
    /// <returns>Whether the node begins again.</returns>
    private bool Blame(NodeId node, BlobReader reader, SourceFault fault, NodeId? failed)
    {
        if (fault == SourceFault.Damaged && !reader.IsTainted) // Else somebody was first to find it out.
            Taint(node, reader);
        var isAnew = reader.IsTainted || fault == SourceFault.Damaged;
        if (isAnew)
            reader.BeginAnew();
        else if (failed is { } source)
            reader.Tried.Add(source);
        if (failed is not { } blamed || blamed != reader.Source)
            return isAnew; // Nobody was sent there: taken down for this node, and believed for no other.
        if (fault == SourceFault.Missing)
            Remove(blamed);
        else if (fault == SourceFault.Unreachable && Readers.TryGetValue(blamed, out var silent))
            silent.IsLost = true;
        else if (fault == SourceFault.Slow)
            sluggish.Add(blamed);
        return isAnew;
    }

    /// <summary>All that got bytes of the same nodes begin again, too, once they ask.</summary>
    /// <remarks>
    /// They will: a reader passes its last byte on only when it has verified the whole, so nobody ends before the one
    /// that it reads from.
    /// </remarks>
    private void Taint(NodeId node, BlobReader reader)
    {
        liars.UnionWith(reader.Used);
        forest.Holders.ExceptWith(reader.Used);
        var bad = new HashSet<NodeId>(reader.Used) { node };
        reader.IsAlone = true;
        while (Readers.FirstOrDefault(r => r.Key != node && !r.Value.IsTainted && r.Value.Used.Overlaps(bad)) is
            { Value: { } its, Key: var other })
        {
            its.IsTainted = true;
            bad.Add(other);
        }
    }

    private NodeId? Pick(
        NodeId node, BlobReader reader, SourceFault fault, Func<NodeId, bool> mayServe, Func<NodeId, int> load)
    {
        var candidates = Candidates(node, reader, mayServe);
        var good = candidates.Where(c => IsAhead(c, reader.Offset)).ToList();
        var mayFeed = CountFed(reader) < options.Seeds;
        if (good.Count == 0)
            return mayFeed ? null : Best(candidates, load); // Ahead of all, so it feeds the others.
        return fault == SourceFault.None && forest.Holders.Count == 0 && mayFeed ? null : Best(good, load);
    }

    /// <summary>
    /// Somebody who is ahead; a stream of the registry, while there are few; else slow is better than nothing.
    /// </summary>
    private NodeId? PickQuicker(
        NodeId node, BlobReader reader, NodeId? before, Func<NodeId, bool> mayServe, Func<NodeId, int> load)
    {
        var good = Candidates(node, reader, mayServe)
            .Where(c => IsAhead(c, reader.Offset + options.LeadBytes)).ToList();
        reader.Moves += reader.IsAdvised && good.Count > 0 ? 1 : 0;
        if (Best(good, load) is { } quicker)
            return quicker;
        if (before is not { } source || forest.DepthOf(source) == BlobForest.Adrift
            || (!reader.IsAdvised && CountFed(reader) < options.Seeds + options.Spares))
            return null;
        reader.Tried.Remove(source);
        return source;
    }

    private List<(NodeId Node, int Depth)> Candidates(NodeId node, BlobReader reader, Func<NodeId, bool> mayServe)
    {
        forest.Count();
        return [.. forest.Holders.Concat(Readers.Keys)
            .Where(c => c != node && !liars.Contains(c) && !reader.Tried.Contains(c)
                && forest.HasRoom(c) && mayServe(c) && !forest.Passes(c, node))
            .Select(c => (c, forest.DepthOf(c)))];
    }

    private int CountFed(BlobReader besides) =>
        Readers.Values.Count(r => r != besides && r.Source is null && !r.IsLost);

    private bool ShouldMove(NodeId node, BlobReader reader, Func<NodeId, bool> mayServe) =>
        reader.Source is not null && reader.Moves < options.MaxMoves && forest.IsSlow(reader)
        && Candidates(node, reader, mayServe).Exists(c =>
            c.Node != reader.Source && !IsSlow(c.Node) && IsAhead(c, reader.Offset + options.LeadBytes));

    /// <summary>Gets, or gave, far less than another.</summary>
    private bool IsSlow(NodeId node) =>
        Readers.TryGetValue(node, out var reader) ? forest.IsSlow(reader) : sluggish.Contains(node);

    private bool IsAhead((NodeId Node, int Depth) candidate, long offset) => candidate.Depth == 0
        || (candidate.Depth != BlobForest.Adrift && Readers[candidate.Node].Offset >= offset);

    private NodeId? Best(List<(NodeId Node, int Depth)> candidates, Func<NodeId, int> load) => candidates
        .OrderBy(c => IsSlow(c.Node))
        .ThenBy(c => forest.BranchesOf(c.Node) >= options.Branches)
        .ThenBy(c => load(c.Node) >= 2 * options.MaxBranches)
        .ThenBy(c => c.Depth)
        .ThenBy(c => load(c.Node))
        .ThenBy(c => c.Node)
        .Select(c => (NodeId?)c.Node)
        .FirstOrDefault();
}
