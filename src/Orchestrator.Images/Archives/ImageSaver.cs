using System.Text.Json;
using Orchestrator.Images.Content;
using Orchestrator.Images.Library;
using Orchestrator.Images.Tar;
using Orchestrator.Oci.Images;

namespace Orchestrator.Images.Archives;

/// <summary>Writes images as one archive that is docker's (<c>manifest.json</c>) and an OCI layout at once.</summary>
internal sealed class ImageSaver(ImageStores stores)
{
    /// <exception cref="ImageException">NotFound: nothing has been written.</exception>
    public async Task SaveAsync(IReadOnlyList<string> names, Stream output, CancellationToken cancellationToken)
    {
        using var lease = stores.Content.Lease();
        var (items, index, blobs) =
            (new List<ArchiveItem>(), new List<Descriptor>(), new SortedDictionary<Digest, long>());
        foreach (var (image, tags) in Choose(names))
        {
            var manifest = ImageJson.ReadManifest(
                await stores.Content.ReadAsync(image.Manifest.Digest, cancellationToken));
            foreach (var blob in (manifest.Layers ?? []).Append(manifest.Config!).Append(image.Manifest))
                blobs[blob.Digest] = Require(lease, image, blob);
            items.Add(new ArchiveItem
            {
                Config = PathOf(manifest.Config!.Digest),
                RepoTags = [.. tags.Select(t => t.Familiar)],
                Layers = [.. (manifest.Layers ?? []).Select(l => PathOf(l.Digest))],
            });
            index.AddRange(Entries(image, tags));
        }

        await WriteAsync(output, items, index, blobs, cancellationToken);
    }

    private static long Require(ContentLease lease, Image image, Descriptor blob) =>
        lease.Pin(blob.Digest) ? blob.Size : throw new ImageException(ImageError.Damaged,
            $"image {image.Id.ShortHex} is incomplete, blob {blob.Digest} is missing: " +
            "remove the image and pull or load it again");

    private async Task WriteAsync(Stream output, List<ArchiveItem> items, List<Descriptor> index,
        SortedDictionary<Digest, long> blobs, CancellationToken cancellationToken)
    {
        var tar = new TarWriter(output);
        foreach (var folder in blobs.Keys.Select(d => $"blobs/{d.Algorithm}/").Prepend("blobs/").Distinct())
            await tar.WriteAsync(
                new TarEntry { Name = folder, Kind = TarKind.Directory, Mode = 0x1ED }, (Stream?)null,
                cancellationToken);
        foreach (var (digest, size) in blobs)
        {
            await using var blob = stores.Content.OpenRead(digest);
            await tar.WriteAsync(File(PathOf(digest)) with { Size = size }, blob, cancellationToken);
        }

        var layout = JsonSerializer.SerializeToUtf8Bytes(new OciLayout("1.0.0"), ArchiveJson.Default.OciLayout);
        var list = JsonSerializer.SerializeToUtf8Bytes(items.ToArray(), ArchiveJson.Default.ArchiveItemArray);
        var top = ImageJson.Write(new ImageIndex { MediaType = MediaTypes.OciIndex, Manifests = [.. index] });
        await tar.WriteAsync(File("index.json"), top, cancellationToken);
        await tar.WriteAsync(File("manifest.json"), list, cancellationToken);
        await tar.WriteAsync(File("oci-layout"), layout, cancellationToken);
        await tar.FinishAsync(cancellationToken);
    }

    /// <summary>Images in the order first named, each with the names that are to go with it.</summary>
    private List<(Image Image, List<Reference> Tags)> Choose(IReadOnlyList<string> names)
    {
        var state = stores.Library.State;
        var chosen = new List<(Image Image, List<Reference> Tags)>();
        foreach (var (id, tag) in names.SelectMany(name => Meant(state, name)))
        {
            var at = chosen.FindIndex(c => c.Image.Id == id);
            if (at < 0)
            {
                at = chosen.Count;
                chosen.Add((stores.Library.Get(id)!, []));
            }

            if (tag is not null && !chosen[at].Tags.Contains(tag))
                chosen[at].Tags.Add(tag);
        }

        return chosen;
    }

    /// <summary>A repository alone means all its tags; a tag that tag; an id the image without a name.</summary>
    private static IEnumerable<(Digest Id, Reference? Tag)> Meant(LibraryState state, string name)
    {
        if (!Reference.TryParse(name, out var reference))
            return [(ImageFinder.Find(state, name), null)];
        if (reference is { Tag: null, Digest: null })
        {
            var all = state.Names.Select(n => (Id: n.Value, Tag: Reference.Parse(n.Key)))
                .Where(n => n.Tag.Name == reference.Name && n.Tag.Digest is null)
                .OrderBy(n => n.Tag.Tag, StringComparer.Ordinal).ToList();
            if (all.Count > 0)
                return all.Select(n => (n.Id, (Reference?)n.Tag));
        }
        else if (ImageFinder.FindNamed(state, reference) is { } named)
        {
            return [(named, reference.Digest is null ? reference : null)];
        }

        return [(ImageFinder.Find(state, name), null)];
    }

    private static IEnumerable<Descriptor> Entries(Image image, List<Reference> tags)
    {
        var entry = image.Manifest with { Platform = image.Config.Platform };
        return tags.Count == 0 ? [entry] : tags.Select(t => entry with
        {
            Annotations = new(StringComparer.Ordinal)
            {
                ["io.containerd.image.name"] = t.ToString(),
                ["org.opencontainers.image.ref.name"] = t.Tag!,
            },
        });
    }

    private static string PathOf(Digest digest) => $"blobs/{digest.Algorithm}/{digest.Hex}";

    private static TarEntry File(string name) => new() { Name = name, Kind = TarKind.File, Mode = 0x1A4 };
}
