namespace Orchestrator.Images;

/// <summary>How to log in to a registry: a user and password, or an identity token, or nothing.</summary>
public sealed record RegistryCredentials(
    string? Username = null, string? Password = null, string? IdentityToken = null);
