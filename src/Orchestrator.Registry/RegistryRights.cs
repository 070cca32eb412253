using Microsoft.AspNetCore.Http;

namespace Orchestrator.Registry;

/// <summary>What a caller may do.</summary>
[Flags]
public enum RegistryRights
{
    None = 0,
    Pull = 1,
    Push = 2,

    /// <summary>Is another manager: copies are taken from it, and given to it, without asking others in turn.</summary>
    Peer = 4,
}

/// <summary>Decides by the certificate of a connection what its caller may do. Called for every request.</summary>
public delegate RegistryRights RegistryAuthorizer(HttpContext context);
