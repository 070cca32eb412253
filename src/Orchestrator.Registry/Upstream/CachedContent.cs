using System.Text;
using System.Text.Json;
using Orchestrator.Images.Content;
using Orchestrator.Oci.Images;

namespace Orchestrator.Registry.Upstream;

/// <summary>What a cache keeps for whose names, until it is old or too much.</summary>
/// <remarks>The files are those of <see cref="RepositoryFolders"/>; each one's time is when it was last asked for.</remarks>
internal sealed class CachedContent : IContentRoots
{
    /// <summary>As whom it names blobs in the content store.</summary>
    public const string Owner = "registry-cache";

    /// <summary>Not every request is worth a write.</summary>
    private static readonly TimeSpan Coarse = TimeSpan.FromMinutes(10);

    private readonly UpstreamOptions options;
    private readonly RepositoryFolders folders;
    private readonly ContentStore content;
    private readonly TimeProvider time;

    private sealed record Kept(string Path, Digest Digest, DateTime Used);

    public CachedContent(UpstreamOptions options, ContentStore content, TimeProvider time)
    {
        (this.options, this.content, this.time) = (options, content, time);
        folders = new RepositoryFolders(options.Root);
        content.AddRoots(Owner, this);
    }

    private DateTime Now => time.GetUtcNow().UtcDateTime;

    /// <summary>Each blob by itself: what a manifest names need not be here.</summary>
    public IEnumerable<Descriptor> Roots() => All().Select(kept => new Descriptor { Digest = kept.Digest });

    public IReadOnlyList<string> Repositories() => folders.Names(RepositoryFolders.Manifests);

    /// <returns>Null: it is not here.</returns>
    public string? MediaTypeOf(string name, Digest manifest)
    {
        var path = folders.PathOf(name, RepositoryFolders.Manifests, manifest.Hex);
        if (!content.Contains(manifest) || !Touch(path))
            return null;
        return File.ReadAllText(path);
    }

    public bool HasBlob(string name, Digest blob) =>
        content.Contains(blob) && Touch(folders.PathOf(name, RepositoryFolders.Blobs, blob.Hex));

    /// <summary>The caller has it under a lease.</summary>
    public void AddManifest(string name, Descriptor manifest) =>
        Write(name, RepositoryFolders.Manifests, manifest.Digest.Hex, Encoding.UTF8.GetBytes(manifest.MediaType));

    /// <summary>The caller has it under a lease.</summary>
    public void AddBlob(string name, Digest blob) => Write(name, RepositoryFolders.Blobs, blob.Hex, []);

    public Digest? Tag(string name, string tag)
    {
        var path = folders.PathOf(name, RepositoryFolders.Tags, tag);
        return File.Exists(path)
            ? JsonSerializer.Deserialize(File.ReadAllBytes(path), RegistryServerJson.Default.TagRecord)?.Digest : null;
    }

    public IEnumerable<string> Tags(string name) => folders.Has(name, RepositoryFolders.Tags)
        ? Directory.EnumerateFiles(folders.FolderOf(name, RepositoryFolders.Tags))
            .Select(Path.GetFileName).OfType<string>().Where(ReferenceGrammar.IsTag)
        : [];

    /// <param name="manifest">Null: the upstream has the tag no more.</param>
    public void SetTag(string name, string tag, Digest? manifest)
    {
        if (manifest is null && folders.Has(name, RepositoryFolders.Tags))
            File.Delete(folders.PathOf(name, RepositoryFolders.Tags, tag));
        else if (manifest is not null && Tag(name, tag) != manifest)
        {
            Write(name, RepositoryFolders.Tags, tag, JsonSerializer.SerializeToUtf8Bytes(
                new TagRecord(manifest, time.GetUtcNow().ToUnixTimeMilliseconds()),
                RegistryServerJson.Default.TagRecord));
        }
    }

    /// <summary>Lets go of what is old, then of the oldest as long as it is too much.</summary>
    /// <returns>Whether there was anything; the content store may then be collected.</returns>
    public bool Evict()
    {
        var all = All().ToList();
        var old = all.Where(kept => kept.Used < Now - options.MaxAge).ToHashSet();
        var total = 0L;
        foreach (var blob in all.Where(kept => !old.Contains(kept)).GroupBy(kept => kept.Digest)
            .OrderByDescending(copies => copies.Max(kept => kept.Used)))
        {
            total += content.SizeOf(blob.Key) ?? 0;
            if (total > options.MaxBytes)
                old.UnionWith(blob);
        }

        foreach (var kept in old)
            File.Delete(kept.Path);
        foreach (var name in old.Count > 0 ? folders.Names(RepositoryFolders.Tags) : [])
        {
            foreach (var tag in Tags(name).Where(tag => !HasManifest(name, Tag(name, tag))).ToList())
                SetTag(name, tag, null);
        }

        return old.Count > 0;
    }

    private bool HasManifest(string name, Digest? manifest) => manifest is { } digest
        && File.Exists(folders.PathOf(name, RepositoryFolders.Manifests, digest.Hex));

    private IEnumerable<Kept> All() =>
        from name in folders.Names(RepositoryFolders.Manifests, RepositoryFolders.Blobs)
        from kind in (string[])[RepositoryFolders.Manifests, RepositoryFolders.Blobs]
        from digest in folders.Digests(name, kind)
        let path = folders.PathOf(name, kind, digest.Hex)
        select new Kept(path, digest, File.GetLastWriteTimeUtc(path));

    private void Write(string name, string kind, string file, byte[] bytes)
    {
        folders.Write(name, kind, file, bytes);
        File.SetLastWriteTimeUtc(folders.PathOf(name, kind, file), Now);
    }

    /// <returns>False: there is no such file.</returns>
    private bool Touch(string path)
    {
        if (!File.Exists(path))
            return false;
        try
        {
            if (File.GetLastWriteTimeUtc(path) < Now - Coarse)
                File.SetLastWriteTimeUtc(path, Now);
            return true;
        }
        catch (FileNotFoundException)
        {
            return false; // Evicted this very moment.
        }
    }
}
