namespace Orchestrator.Model;

/// <summary>The one object that is the registry's own. While there is none, what managers kept before is not in yet.</summary>
public sealed record RegistryState : IStoreObject
{
    public const string OnlyId = "registry";

    public Meta Meta { get; init; } = Meta.Empty;

    /// <summary>What the tokens that logins buy are signed with.</summary>
    public ImmutableArray<byte> TokenKey { get; init; } = [];

    string IStoreObject.Id => OnlyId;
}
