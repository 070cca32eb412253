namespace Orchestrator.Model;

/// <summary>A manifest that a repository of the cluster's registry has, tagged or not.</summary>
public sealed record RepositoryManifest : IStoreObject
{
    /// <summary>The repository's path, as <c>team/web</c>.</summary>
    public required string Repository { get; init; }

    /// <summary><c>ALGORITHM:HEX</c>.</summary>
    public required string Digest { get; init; }

    public Meta Meta { get; init; } = Meta.Empty;

    public required string MediaType { get; init; }

    public required long SizeBytes { get; init; }

    /// <summary>Digest of the manifest it refers to, as a signature does; empty: none.</summary>
    public string Subject { get; init; } = "";

    /// <summary>What kind of thing it is, for who lists what refers to something; empty: not said.</summary>
    public string ArtifactType { get; init; } = "";

    public string Id => IdOf(Repository, Digest);

    /// <summary>No path has an <c>@</c>, so no two manifests have one id.</summary>
    public static string IdOf(string repository, string digest) => $"{repository}@{digest}";
}
