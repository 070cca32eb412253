namespace Orchestrator.Registry.Access;

/// <summary>Who may log in, and what for.</summary>
/// <param name="Secret">What <see cref="PasswordHash"/> made of the password; empty: nobody can log in so.</param>
public sealed record RegistryUser(string Name, string Secret, RegistryGrant[] Grants)
{
    /// <summary>The user that all who do not log in are.</summary>
    public const string Anonymous = "anonymous";

    public RegistryRights RightsOn(string repository) => Grants
        .Where(g => repository.Length == 0 || g.Covers(repository))
        .Aggregate(RegistryRights.None, (rights, grant) => rights | grant.Rights);
}
