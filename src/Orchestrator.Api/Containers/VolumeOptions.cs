namespace Orchestrator.Api;

public sealed record VolumeOptions
{
    public bool? NoCopy { get; set; }
    public Dictionary<string, string>? Labels { get; set; }
    public string? Subpath { get; set; }
    public NamedDriver? DriverConfig { get; set; }
}
