using System.Text.Json;
using Orchestrator.Images;
using Orchestrator.Images.Content;
using Orchestrator.Oci.Images;

namespace Orchestrator.Registry.Storage;

/// <summary>The names of a registry that no other shares, in files beside the content that it keeps.</summary>
/// <remarks>
/// Whatever manifest is kept for a repository is one of its own. <c>_tags/TAG</c> holds a <see cref="TagRecord"/>,
/// <c>_referrers/HEX/HEX</c> nothing.
/// </remarks>
internal sealed class FileNames(
    RepositoryFolders folders, HeldContent held, ContentStore content, TimeProvider time) : IRegistryNames
{
    private ulong version = 1;

    public bool IsReady => true;

    public ulong Version => Volatile.Read(ref version);

    public IReadOnlyList<string> Repositories() => [.. held.Repositories().Where(name => held.Manifests(name).Any())];

    public bool Has(string repository) => held.Manifests(repository).Any();

    public string? MediaTypeOf(string repository, Digest manifest) => held.MediaTypeOf(repository, manifest);

    public IEnumerable<NamedManifest> Manifests(string repository) =>
        held.Manifests(repository).Select(digest => Describe(repository, digest)).OfType<NamedManifest>();

    public IEnumerable<NamedManifest> Referrers(string repository, Digest subject) => folders
        .Digests(repository, Path.Combine(RepositoryFolders.Referrers, subject.Hex))
        .Select(digest => Describe(repository, digest)).OfType<NamedManifest>();

    public Digest? Tag(string repository, string tag) => Record(repository, tag)?.Digest;

    public IEnumerable<string> Tags(string repository) =>
        Records(repository).Where(t => t.Value.Digest is not null).Select(t => t.Key);

    public Task<bool> RefreshAsync(CancellationToken cancellationToken) => Task.FromResult(true);

    public Task PutAsync(
        string repository, NamedManifest manifest, string? tag, CancellationToken cancellationToken)
    {
        if (manifest.Subject is { } subject)
        {
            folders.Write(
                repository, Path.Combine(RepositoryFolders.Referrers, subject.Hex), manifest.Digest.Hex, []);
        }

        if (tag is not null)
            SetTag(repository, tag, manifest.Digest);
        Interlocked.Increment(ref version);
        return Task.CompletedTask;
    }

    public Task<bool> RemoveTagAsync(string repository, string tag, CancellationToken cancellationToken)
    {
        var isThere = Tag(repository, tag) is not null;
        if (isThere)
            SetTag(repository, tag, null);
        Interlocked.Increment(ref version);
        return Task.FromResult(isThere);
    }

    public Task<bool> RemoveManifestAsync(string repository, Digest manifest, CancellationToken cancellationToken)
    {
        if (held.MediaTypeOf(repository, manifest) is null)
            return Task.FromResult(false);
        foreach (var (tag, _) in Records(repository).Where(t => t.Value.Digest == manifest))
            SetTag(repository, tag, null);
        held.RemoveManifest(repository, manifest);
        Interlocked.Increment(ref version);
        return Task.FromResult(true);
    }

    /// <summary>All tags with their records, removed ones included.</summary>
    public SortedDictionary<string, TagRecord> Records(string repository)
    {
        var tags = new SortedDictionary<string, TagRecord>(StringComparer.Ordinal);
        if (!folders.Has(repository, RepositoryFolders.Tags))
            return tags;
        foreach (var tag in Directory.EnumerateFiles(folders.FolderOf(repository, RepositoryFolders.Tags))
            .Select(Path.GetFileName).OfType<string>().Where(ReferenceGrammar.IsTag))
        {
            if (Record(repository, tag) is { } record)
                tags[tag] = record;
        }

        return tags;
    }

    private TagRecord? Record(string repository, string tag)
    {
        try
        {
            return JsonSerializer.Deserialize(
                File.ReadAllBytes(folders.PathOf(repository, RepositoryFolders.Tags, tag)),
                RegistryServerJson.Default.TagRecord);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private void SetTag(string repository, string tag, Digest? digest)
    {
        lock (folders.Gate)
        {
            var next = Math.Max(
                time.GetUtcNow().ToUnixTimeMilliseconds(), (Record(repository, tag)?.Version ?? 0) + 1);
            folders.Write(repository, RepositoryFolders.Tags, tag, JsonSerializer.SerializeToUtf8Bytes(
                new TagRecord(digest, next), RegistryServerJson.Default.TagRecord));
        }
    }

    /// <returns>Null: it is not there any more, or the disk has lost bits of it.</returns>
    private NamedManifest? Describe(string repository, Digest digest)
    {
        if (held.MediaTypeOf(repository, digest) is not { } mediaType)
            return null;
        try
        {
            using var file = content.OpenRead(digest);
            var json = new byte[Math.Min(file.Length, ImageJson.MaxBytes)];
            file.ReadExactly(json);
            return NamedManifest.Of(
                new Descriptor { Digest = digest, MediaType = mediaType, Size = file.Length }, json);
        }
        catch (Exception error) when (error is ImageException or FormatException or IOException)
        {
            return null;
        }
    }
}
