using Microsoft.AspNetCore.Http;

namespace Orchestrator.Registry.Access;

/// <summary>What a caller may do.</summary>
[Flags]
public enum RegistryRights
{
    None = 0,
    Pull = 1,

    /// <summary>Also to delete.</summary>
    Push = 2,

    /// <summary>Is another manager: copies are taken from it, and given to it, without asking others in turn.</summary>
    Peer = 4,
}

/// <summary>Decides what the caller of a request may do with a repository. Called for every request.</summary>
/// <param name="repository">Empty: with the registry as a whole.</param>
public delegate RegistryRights RegistryAuthorizer(HttpContext context, string repository);
