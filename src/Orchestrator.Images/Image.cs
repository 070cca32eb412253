using System.Collections.Immutable;
using Orchestrator.Oci.Images;

namespace Orchestrator.Images;

/// <summary>One image of this node. Immutable: a later tag or removal makes another record.</summary>
public sealed record Image
{
    /// <summary>The digest of the configuration: docker's image ID.</summary>
    public required Digest Id { get; init; }

    /// <summary>The manifest that names configuration and layers in the content store.</summary>
    public required Descriptor Manifest { get; init; }

    public required ImageConfig Config { get; init; }

    /// <summary>Names with a tag, as people write them (<c>web:latest</c>), sorted. Docker's <c>RepoTags</c>.</summary>
    public ImmutableArray<string> RepoTags { get; init; } = [];

    /// <summary>
    /// Names with the digest a registry knows it by (<c>web@sha256:…</c>), sorted. Docker's <c>RepoDigests</c>.
    /// </summary>
    public ImmutableArray<string> RepoDigests { get; init; } = [];

    /// <summary>The image it was built or committed from, if that was local.</summary>
    public Digest? Parent { get; init; }

    /// <summary>Bytes of all its layers unpacked, shared ones included.</summary>
    public long SizeBytes { get; init; }

    /// <summary>When a name was last put on it here.</summary>
    public DateTimeOffset? LastTagTime { get; init; }

    public DateTimeOffset Created => Config.Created ?? DateTimeOffset.UnixEpoch;

    /// <summary>No tag is left: docker lists it as <c>&lt;none&gt;</c>.</summary>
    public bool IsDangling => RepoTags.IsEmpty;
}
