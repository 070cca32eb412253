namespace Orchestrator.Api;

/// <summary>A driver by name with its options: of a volume, of a log, of an address manager.</summary>
public sealed record NamedDriver
{
    public string? Name { get; set; }
    public Dictionary<string, string>? Options { get; set; }
}
