namespace Orchestrator.Images.Distribution;

/// <summary>One address that a registry answers at.</summary>
/// <param name="Address">Scheme, host and port; nothing after.</param>
internal sealed record RegistryEndpoint(Uri Address, HttpClient Http)
{
    /// <summary>How long a question may wait for the head of its answer. Default 60 s.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(60);
}
