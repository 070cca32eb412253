using Orchestrator.Images;
using Orchestrator.Oci.Images;

namespace Orchestrator.Registry.Storage;

/// <summary>
/// What the repositories of a registry are called and have: <see cref="FileNames"/> of a daemon alone, the replicated
/// store of a cluster. Reading answers at once, from what is known here.
/// </summary>
public interface IRegistryNames
{
    /// <summary>False: nothing is known yet, so nothing can be said to be there or not.</summary>
    bool IsReady { get; }

    /// <summary>Another one whenever anything has changed; 0 until it is ready.</summary>
    ulong Version { get; }

    /// <summary>Those that have a manifest, in ordinal order.</summary>
    IReadOnlyList<string> Repositories();

    bool Has(string repository);

    /// <returns>Null: the repository has no such manifest.</returns>
    string? MediaTypeOf(string repository, Digest manifest);

    IEnumerable<NamedManifest> Manifests(string repository);

    /// <summary>The repository's manifests that refer to one, which need not be there.</summary>
    IEnumerable<NamedManifest> Referrers(string repository, Digest subject);

    /// <returns>Null: there is no such tag.</returns>
    Digest? Tag(string repository, string tag);

    IEnumerable<string> Tags(string repository);

    /// <summary>Waits, for a little while, until what is known covers every change acknowledged before the call.</summary>
    /// <returns>False: it may be out of date, since no majority of the managers can be reached.</returns>
    /// <exception cref="ImageException">Unavailable: nothing is known yet.</exception>
    Task<bool> RefreshAsync(CancellationToken cancellationToken);

    /// <summary>Gives a repository a manifest, and sets a tag to it.</summary>
    /// <param name="tag">Null: pushed by digest alone.</param>
    /// <exception cref="ImageException">
    /// Unavailable: it may have been done or not, and may be repeated. NoSpace.
    /// </exception>
    Task PutAsync(string repository, NamedManifest manifest, string? tag, CancellationToken cancellationToken);

    /// <returns>False: there was no such tag.</returns>
    /// <exception cref="ImageException">As with <see cref="PutAsync"/>.</exception>
    Task<bool> RemoveTagAsync(string repository, string tag, CancellationToken cancellationToken);

    /// <summary>Removes a manifest with the tags that name it.</summary>
    /// <returns>False: there was no such manifest.</returns>
    /// <exception cref="ImageException">As with <see cref="PutAsync"/>.</exception>
    Task<bool> RemoveManifestAsync(string repository, Digest manifest, CancellationToken cancellationToken);
}
