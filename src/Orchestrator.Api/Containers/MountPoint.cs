namespace Orchestrator.Api;

/// <summary>A mount as it came out: what a container's inspect and listing show.</summary>
public sealed record MountPoint
{
    public string? Type { get; set; }

    /// <summary>The volume's name; absent for a bind.</summary>
    public string? Name { get; set; }
    public string Source { get; set; } = "";
    public string Destination { get; set; } = "";
    public string? Driver { get; set; }
    public string Mode { get; set; } = "";
    public bool RW { get; set; }
    public string Propagation { get; set; } = "";
}
