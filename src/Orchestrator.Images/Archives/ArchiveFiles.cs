using Orchestrator.Images.Content;
using Orchestrator.Images.Layers;
using Orchestrator.Images.Tar;
using Orchestrator.Oci.Images;

namespace Orchestrator.Images.Archives;

/// <summary>
/// The files of an image archive, put straight into the content store as they pass by: once read, once written.
/// </summary>
/// <remarks>
/// Which of them are layers is known only at the end, when the manifest has come; the rest is collected then.
/// </remarks>
internal sealed class ArchiveFiles
{
    private const int MaxFiles = 100_000;
    private const int MaxLinks = 8;

    private readonly ContentStore content;
    private readonly Dictionary<string, Digest> files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> links = new(StringComparer.Ordinal);

    private ArchiveFiles(ContentStore content) => this.content = content;

    /// <exception cref="ImageException">Invalid: not a tar, or cut off.</exception>
    public static async Task<ArchiveFiles> ReadAsync(
        ContentStore content, ContentLease lease, Stream archive, CancellationToken cancellationToken)
    {
        try
        {
            var found = new ArchiveFiles(content);
            await using var plain = await LayerCompression.DecompressAsync(archive, cancellationToken);
            var tar = new TarReader(plain);
            while (await tar.NextAsync(cancellationToken) is { } entry)
                await found.AddAsync(lease, entry, tar.Content, cancellationToken);
            return found;
        }
        catch (Exception error) when (error is TarException or InvalidDataException)
        {
            throw new ImageException(ImageError.Invalid, $"cannot read the image archive: {error.Message}", error);
        }
    }

    /// <summary>The digest of a file, through links; null when the archive has none of that name.</summary>
    public Digest? Find(string name)
    {
        var path = Clean(name);
        for (var i = 0; i < MaxLinks && links.TryGetValue(path, out var target); i++)
            path = target;
        return files.TryGetValue(path, out var digest) ? digest : null;
    }

    /// <exception cref="ImageException">Invalid: there is no such file.</exception>
    public Digest Require(string name) => Find(name) ?? throw new ImageException(ImageError.Invalid,
        $"the image archive is incomplete: \"{LayerPath.Shown(name)}\" is named but not in it");

    /// <summary>Whether the bytes of that digest came with the archive, or were here before.</summary>
    public bool Has(Digest digest) => content.Contains(digest);

    private async Task AddAsync(ContentLease lease, TarEntry entry, Stream bytes, CancellationToken cancellationToken)
    {
        if (files.Count + links.Count >= MaxFiles)
            throw new TarException($"it has more than {MaxFiles} files");
        var name = Clean(entry.Name);
        if (entry.Kind is TarKind.SymbolicLink)
            links[name] = Clean($"{name}/../{entry.LinkName}");
        if (entry.Kind is TarKind.HardLink)
            links[name] = Clean(entry.LinkName);
        if (entry.Kind is not TarKind.File)
            return;
        using var ingest = content.BeginIngest();
        await ingest.AppendAsync(bytes, entry.Size, cancellationToken);
        files[name] = ingest.Commit(lease, IsLayoutBlob(name, out var digest) && digest.IsSha512 ? digest : null);
    }

    /// <summary>In an OCI layout a blob's name is its digest.</summary>
    private static bool IsLayoutBlob(string name, out Digest digest)
    {
        digest = default;
        return name.Split('/') is ["blobs", var algorithm, var hex] && Digest.TryParse($"{algorithm}:{hex}", out digest);
    }

    /// <summary>Names are only keys here, so <c>..</c> is harmless: it is worked out in the text.</summary>
    private static string Clean(string name)
    {
        var steps = new List<string>();
        foreach (var step in name.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(s => s != "."))
        {
            if (step != "..")
                steps.Add(step);
            else if (steps.Count > 0)
                steps.RemoveAt(steps.Count - 1);
        }

        return string.Join('/', steps);
    }
}
