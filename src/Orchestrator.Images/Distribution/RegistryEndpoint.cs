namespace Orchestrator.Images.Distribution;

/// <summary>One address that a registry answers at.</summary>
/// <param name="Address">Scheme, host and port; nothing after.</param>
internal sealed record RegistryEndpoint(Uri Address, HttpClient Http);
