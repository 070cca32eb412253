namespace Orchestrator.Api;

public sealed record PortBinding
{
    /// <summary>Empty: every address.</summary>
    public string HostIp { get; set; } = "";

    /// <summary>A port, a range, or empty for one the host picks.</summary>
    public string HostPort { get; set; } = "";
}
