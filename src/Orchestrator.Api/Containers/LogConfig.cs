namespace Orchestrator.Api;

public sealed record LogConfig
{
    /// <summary>Driver name; empty: the daemon's default.</summary>
    public string Type { get; set; } = "";
    public Dictionary<string, string>? Config { get; set; }
}
