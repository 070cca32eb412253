namespace Orchestrator.Model;

/// <summary>A user of the cluster's registry.</summary>
public sealed record RegistryLogin : IStoreObject
{
    public required string Name { get; init; }

    public Meta Meta { get; init; } = Meta.Empty;

    /// <summary>What was derived from the password; empty: nobody can log in so.</summary>
    public string Secret { get; init; } = "";

    public ImmutableArray<RegistryGrant> Grants { get; init; } = [];

    string IStoreObject.Id => Name;
}

/// <summary>What a user may do with all repositories of a pattern.</summary>
/// <param name="Rights">As the registry numbers them: 1 pull, 2 push.</param>
public sealed record RegistryGrant(string Pattern, int Rights);
