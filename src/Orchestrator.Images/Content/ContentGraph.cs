using System.Collections.Immutable;
using Orchestrator.Oci.Images;

namespace Orchestrator.Images.Content;

/// <summary>What names what: from an index to manifests, from a manifest to configuration and layers.</summary>
internal sealed class ContentGraph(ContentStore store)
{
    /// <summary>Indexes may name indexes; deeper than this nobody means it.</summary>
    private const int MaxDepth = 8;

    /// <summary>All blobs reachable from <paramref name="roots"/>, whether they are here or not.</summary>
    public async Task<HashSet<Digest>> ReachAsync(IEnumerable<Descriptor> roots, CancellationToken cancellationToken)
    {
        var live = new HashSet<Digest>();
        var open = new Stack<(Descriptor Node, int Depth)>(roots.Select(r => (r, 0)));
        while (open.TryPop(out var next))
        {
            if (!live.Add(next.Node.Digest) || next.Depth >= MaxDepth)
                continue;
            foreach (var child in await ChildrenAsync(next.Node, cancellationToken))
                open.Push((child, next.Depth + 1));
        }

        return live;
    }

    /// <summary>What a blob names directly; nothing where it is no manifest, is not here, or cannot be read.</summary>
    public async ValueTask<ImmutableArray<Descriptor>> ChildrenAsync(
        Descriptor node, CancellationToken cancellationToken)
    {
        if (!MediaTypes.IsManifest(node.MediaType) && !MediaTypes.IsIndex(node.MediaType))
            return [];
        try
        {
            return Children(node.MediaType, await store.ReadAsync(node.Digest, cancellationToken));
        }
        catch (Exception error) when (error is ImageException or FormatException)
        {
            return [];
        }
    }

    /// <exception cref="FormatException">Not JSON of its type.</exception>
    public static ImmutableArray<Descriptor> Children(string mediaType, ReadOnlySpan<byte> json)
    {
        if (MediaTypes.IsIndex(mediaType))
            return [.. ImageJson.ReadIndex(json).Manifests ?? []];
        var manifest = ImageJson.ReadManifest(json);
        return [.. manifest.Config is { } config ? [config] : Array.Empty<Descriptor>(), .. manifest.Layers ?? []];
    }
}
