namespace Orchestrator.Api;

/// <summary>Devices by what they can do, for a driver of the daemon to choose.</summary>
public sealed record DeviceRequest
{
    public string Driver { get; set; } = "";

    /// <summary>-1: all there are.</summary>
    public int Count { get; set; }
    public string[]? DeviceIDs { get; set; }

    /// <summary>One of these sets, all of whose members a device must have.</summary>
    public string[][]? Capabilities { get; set; }
    public Dictionary<string, string>? Options { get; set; }
}
