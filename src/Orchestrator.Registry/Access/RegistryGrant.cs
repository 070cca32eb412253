using System.IO.Enumeration;

namespace Orchestrator.Registry.Access;

/// <summary>Rights on all repositories of a pattern.</summary>
/// <param name="Pattern">A repository's name; <c>*</c> stands for any characters, slashes too.</param>
public sealed record RegistryGrant(string Pattern, RegistryRights Rights)
{
    public bool Covers(string repository) =>
        FileSystemName.MatchesSimpleExpression(Pattern, repository, ignoreCase: false);
}
