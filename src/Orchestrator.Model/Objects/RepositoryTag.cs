namespace Orchestrator.Model;

/// <summary>What a tag of the cluster's registry names.</summary>
public sealed record RepositoryTag : IStoreObject
{
    /// <summary>The repository's path, as <c>team/web</c>.</summary>
    public required string Repository { get; init; }

    public required string Tag { get; init; }

    public Meta Meta { get; init; } = Meta.Empty;

    /// <summary>Of a manifest that the repository has.</summary>
    public required string Digest { get; init; }

    public string Id => IdOf(Repository, Tag);

    /// <summary>Neither part has a colon.</summary>
    public static string IdOf(string repository, string tag) => $"{repository}:{tag}";
}
