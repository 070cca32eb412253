using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Orchestrator.Images;
using Orchestrator.Images.Content;
using Orchestrator.Linux.Files;
using Orchestrator.Oci.Images;

namespace Orchestrator.Registry.Storage;

/// <summary>
/// Which repositories there are, and what each holds, as small files beside the shared content store.
/// </summary>
/// <remarks>
/// Below <c>ROOT/NAME/</c>: <c>_manifests/HEX</c> holds a media type, <c>_tags/TAG</c> a <see cref="TagRecord"/>,
/// <c>_blobs/HEX</c> nothing (its age counts), <c>_referrers/HEX/HEX</c> nothing. No component of a repository's name
/// starts with an underscore, so the two never meet. Each file is replaced whole.
/// </remarks>
internal sealed class RepositoryStore : IContentRoots
{
    private readonly object gate = new();
    private readonly ContentStore content;
    private readonly TimeProvider time;
    private readonly RegistryOptions options;
    private readonly ConcurrentDictionary<(string Name, Digest Digest), string> mediaTypes = new();

    public RepositoryStore(RegistryOptions options, ContentStore content, TimeProvider time)
    {
        (this.options, this.content, this.time) = (options, content, time);
        Directory.CreateDirectory(options.Root,
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        content.AddRoots("registry", this);
    }

    /// <summary>Manifests of all repositories, and blobs that were pushed lately and may still get one.</summary>
    public IEnumerable<Descriptor> Roots()
    {
        var since = time.GetUtcNow().UtcDateTime - options.BlobGrace;
        foreach (var name in Names())
        {
            foreach (var digest in Digests(FolderOf(name, "_manifests")))
                yield return new Descriptor { Digest = digest, MediaType = MediaTypeOf(name, digest) ?? "" };
            foreach (var digest in Digests(FolderOf(name, "_blobs")))
            {
                if (File.GetLastWriteTimeUtc(PathOf(name, "_blobs", digest.Hex)) > since)
                    yield return new Descriptor { Digest = digest };
            }
        }
    }

    /// <summary>The names of all repositories that hold something, sorted.</summary>
    public IReadOnlyList<string> Names()
    {
        var names = new List<string>();
        Collect(options.Root, "", names);
        names.Sort(StringComparer.Ordinal);
        return names;
    }

    public bool Exists(string name) =>
        Directory.Exists(FolderOf(name, "_blobs")) || Directory.Exists(FolderOf(name, "_tags"));

    public bool HasBlob(string name, Digest digest) =>
        File.Exists(PathOf(name, "_blobs", digest.Hex)) && content.Contains(digest);

    /// <summary>Makes a blob of the store one of the repository's; the caller has it under a lease.</summary>
    /// <remarks>Lasting only once a manifest has been added: one sync for all of its blobs.</remarks>
    public void AddBlob(string name, Digest digest)
    {
        MakeFolder(FolderOf(name, "_blobs"));
        File.WriteAllBytes(PathOf(name, "_blobs", digest.Hex), []);
    }

    public void RemoveBlob(string name, Digest digest) => File.Delete(PathOf(name, "_blobs", digest.Hex));

    /// <returns>Null: the repository has no such manifest.</returns>
    public string? MediaTypeOf(string name, Digest digest)
    {
        if (mediaTypes.TryGetValue((name, digest), out var known))
            return known;
        var path = PathOf(name, "_manifests", digest.Hex);
        return File.Exists(path) ? mediaTypes[(name, digest)] = File.ReadAllText(path) : null;
    }

    /// <summary>Makes a manifest one of the repository's; the caller has it and all it names under a lease.</summary>
    public void AddManifest(string name, Descriptor manifest, Digest? subject)
    {
        if (Directory.Exists(FolderOf(name, "_blobs")))
            DurableFile.SyncDirectory(FolderOf(name, "_blobs"));
        if (subject is { } about)
            Write(name, Path.Combine("_referrers", about.Hex), manifest.Digest.Hex, []);
        Write(name, "_manifests", manifest.Digest.Hex, Encoding.UTF8.GetBytes(manifest.MediaType));
        mediaTypes[(name, manifest.Digest)] = manifest.MediaType;
    }

    /// <summary>Removes a manifest, with the tags that name it.</summary>
    public void RemoveManifest(string name, Digest digest)
    {
        foreach (var (tag, record) in Tags(name).Where(t => t.Value.Digest == digest))
            SetTag(name, tag, new TagRecord(null, NextVersion(record)));
        File.Delete(PathOf(name, "_manifests", digest.Hex));
        mediaTypes.TryRemove((name, digest), out _);
    }

    public IEnumerable<Digest> Referrers(string name, Digest subject) =>
        Digests(FolderOf(name, Path.Combine("_referrers", subject.Hex))).Where(d => MediaTypeOf(name, d) is not null);

    public TagRecord? Tag(string name, string tag)
    {
        try
        {
            return JsonSerializer.Deserialize(
                File.ReadAllBytes(PathOf(name, "_tags", tag)), RegistryServerJson.Default.TagRecord);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>All tags with their records, removed ones included.</summary>
    public SortedDictionary<string, TagRecord> Tags(string name)
    {
        var tags = new SortedDictionary<string, TagRecord>(StringComparer.Ordinal);
        var folder = FolderOf(name, "_tags");
        if (!Directory.Exists(folder))
            return tags;
        foreach (var tag in Directory.EnumerateFiles(folder).Select(Path.GetFileName).OfType<string>()
            .Where(ReferenceGrammar.IsTag))
        {
            if (Tag(name, tag) is { } record)
                tags[tag] = record;
        }

        return tags;
    }

    /// <summary>Sets a tag unless a newer record is there.</summary>
    public void SetTag(string name, string tag, TagRecord record)
    {
        lock (gate)
        {
            if (Tag(name, tag) is { } existing && existing.Version >= record.Version)
                return;
            Write(
                name, "_tags", tag, JsonSerializer.SerializeToUtf8Bytes(record, RegistryServerJson.Default.TagRecord));
        }
    }

    public long NextVersion(TagRecord? before) =>
        Math.Max(time.GetUtcNow().ToUnixTimeMilliseconds(), (before?.Version ?? 0) + 1);

    /// <summary>Forgets blobs that have waited for a manifest long enough and got none.</summary>
    public void Prune()
    {
        var since = time.GetUtcNow().UtcDateTime - options.BlobGrace;
        foreach (var name in Names())
        {
            foreach (var digest in Digests(FolderOf(name, "_blobs")).ToList())
            {
                if (!content.Contains(digest) && File.GetLastWriteTimeUtc(PathOf(name, "_blobs", digest.Hex)) < since)
                    RemoveBlob(name, digest);
            }
        }
    }

    private static IEnumerable<Digest> Digests(string folder)
    {
        if (!Directory.Exists(folder))
            yield break;
        foreach (var path in Directory.EnumerateFiles(folder))
        {
            if (Digest.TryParseHex(Path.GetFileName(path), out var digest))
                yield return digest;
        }
    }

    private static void Collect(string folder, string name, List<string> names)
    {
        foreach (var child in Directory.EnumerateDirectories(folder).Select(Path.GetFileName).OfType<string>())
        {
            if (child is "_blobs" or "_tags" && !names.Contains(name))
                names.Add(name);
            else if (child[0] != '_')
                Collect(Path.Combine(folder, child), name.Length == 0 ? child : $"{name}/{child}", names);
        }
    }

    private void Write(string name, string kind, string file, byte[] bytes)
    {
        var folder = FolderOf(name, kind);
        MakeFolder(folder);
        // Tags and digests differ between requests, but one tag may be written twice at a time.
        try
        {
            lock (gate)
                DurableFile.Replace(Path.Combine(folder, file), bytes);
        }
        catch (Exception error) when (Disk.IsFull(error))
        {
            throw Disk.Full(options.Root, error);
        }
    }

    private void MakeFolder(string folder)
    {
        if (Directory.Exists(folder))
            return;
        Directory.CreateDirectory(folder);
        for (var at = folder; at.Length > options.Root.Length; at = Path.GetDirectoryName(at)!)
            DurableFile.SyncDirectory(Path.GetDirectoryName(at)!);
    }

    private string FolderOf(string name, string kind) => Path.Combine(options.Root, name, kind);

    private string PathOf(string name, string kind, string file) => Path.Combine(options.Root, name, kind, file);
}
