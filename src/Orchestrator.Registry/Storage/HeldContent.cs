using System.Collections.Concurrent;
using System.Text;
using Orchestrator.Images;
using Orchestrator.Images.Content;
using Orchestrator.Linux.Files;
using Orchestrator.Oci.Images;

namespace Orchestrator.Registry.Storage;

/// <summary>Which content of the shared store this node keeps for which repository, whatever that is called.</summary>
/// <remarks>
/// <c>_manifests/HEX</c> holds a media type: that manifest and all it names are here. <c>_blobs/HEX</c> is empty: a blob
/// that the repository may serve; its age counts for as long as no manifest names it.
/// </remarks>
internal sealed class HeldContent : IContentRoots
{
    private readonly RepositoryFolders folders;
    private readonly ContentStore content;
    private readonly TimeProvider time;
    private readonly RegistryOptions options;
    private readonly ConcurrentDictionary<(string Name, Digest Digest), string> mediaTypes = new();

    public HeldContent(RegistryOptions options, RepositoryFolders folders, ContentStore content, TimeProvider time)
    {
        (this.options, this.folders, this.content, this.time) = (options, folders, content, time);
        content.AddRoots(options.Owner, this);
    }

    /// <summary>Manifests of all repositories, and blobs that were pushed lately and may still get one.</summary>
    public IEnumerable<Descriptor> Roots()
    {
        var since = time.GetUtcNow().UtcDateTime - options.BlobGrace;
        foreach (var name in Repositories())
        {
            foreach (var digest in Manifests(name))
                yield return new Descriptor { Digest = digest, MediaType = MediaTypeOf(name, digest) ?? "" };
            foreach (var digest in folders.Digests(name, RepositoryFolders.Blobs))
            {
                if (File.GetLastWriteTimeUtc(BlobPath(name, digest)) > since)
                    yield return new Descriptor { Digest = digest };
            }
        }
    }

    /// <summary>The names of all repositories that something is kept for, in ordinal order.</summary>
    public IReadOnlyList<string> Repositories() =>
        folders.Names(RepositoryFolders.Blobs, RepositoryFolders.Manifests);

    public bool Knows(string name) => folders.Has(name, RepositoryFolders.Blobs);

    public bool HasBlob(string name, Digest digest) => File.Exists(BlobPath(name, digest)) && content.Contains(digest);

    /// <summary>Makes a blob of the store one of the repository's; the caller has it under a lease.</summary>
    /// <remarks>Lasting only once a manifest has been added: one sync for all of its blobs.</remarks>
    public void AddBlob(string name, Digest digest)
    {
        folders.MakeFolder(folders.FolderOf(name, RepositoryFolders.Blobs));
        File.WriteAllBytes(BlobPath(name, digest), []);
    }

    public void RemoveBlob(string name, Digest digest) => File.Delete(BlobPath(name, digest));

    public IEnumerable<Digest> Manifests(string name) => folders.Digests(name, RepositoryFolders.Manifests);

    /// <returns>Null: the manifest is not kept for the repository.</returns>
    public string? MediaTypeOf(string name, Digest digest)
    {
        if (mediaTypes.TryGetValue((name, digest), out var known))
            return known;
        var path = ManifestPath(name, digest);
        return File.Exists(path) ? mediaTypes[(name, digest)] = File.ReadAllText(path) : null;
    }

    /// <summary>Keeps a manifest for a repository; the caller has it and all it names under a lease.</summary>
    public void AddManifest(string name, Descriptor manifest)
    {
        if (Knows(name))
            DurableFile.SyncDirectory(folders.FolderOf(name, RepositoryFolders.Blobs));
        folders.Write(
            name, RepositoryFolders.Manifests, manifest.Digest.Hex, Encoding.UTF8.GetBytes(manifest.MediaType));
        mediaTypes[(name, manifest.Digest)] = manifest.MediaType;
    }

    public void RemoveManifest(string name, Digest digest)
    {
        File.Delete(ManifestPath(name, digest));
        mediaTypes.TryRemove((name, digest), out _);
    }

    /// <summary>Forgets blobs that have waited for a manifest long enough and got none.</summary>
    public void PruneBlobs()
    {
        var since = time.GetUtcNow().UtcDateTime - options.BlobGrace;
        foreach (var name in Repositories())
        {
            foreach (var digest in folders.Digests(name, RepositoryFolders.Blobs).ToList())
            {
                if (!content.Contains(digest) && File.GetLastWriteTimeUtc(BlobPath(name, digest)) < since)
                    RemoveBlob(name, digest);
            }
        }
    }

    /// <summary>
    /// Lets go of manifests that <paramref name="names"/>, which must be up to date, do not have. A push that has stored
    /// one and is about to name it is left the time for that.
    /// </summary>
    public void PruneManifests(IRegistryNames names)
    {
        var since = time.GetUtcNow().UtcDateTime - options.ManifestGrace;
        foreach (var name in Repositories())
        {
            foreach (var digest in Manifests(name).Where(d => names.MediaTypeOf(name, d) is null).ToList())
            {
                lock (folders.Gate)
                {
                    if (File.GetLastWriteTimeUtc(ManifestPath(name, digest)) < since)
                        RemoveManifest(name, digest);
                }
            }
        }
    }

    /// <summary>Keeps nothing any more for a repository.</summary>
    public void Remove(string name)
    {
        folders.Delete(name);
        foreach (var known in mediaTypes.Keys.Where(k => k.Name == name))
            mediaTypes.TryRemove(known, out _);
    }

    private string BlobPath(string name, Digest digest) => folders.PathOf(name, RepositoryFolders.Blobs, digest.Hex);

    private string ManifestPath(string name, Digest digest) =>
        folders.PathOf(name, RepositoryFolders.Manifests, digest.Hex);
}
