using System.Text.Json.Serialization;

namespace Orchestrator.Api;

/// <summary>GET /version.</summary>
public sealed record VersionInfo
{
    public VersionPlatform Platform { get; set; } = new();
    public VersionComponent[] Components { get; set; } = [];
    public string Version { get; set; } = "";
    public string ApiVersion { get; set; } = "";
    public string MinAPIVersion { get; set; } = "";
    public string GitCommit { get; set; } = "";

    /// <summary>Go's version in docker; here the .NET runtime's.</summary>
    public string GoVersion { get; set; } = "";
    public string Os { get; set; } = "";
    public string Arch { get; set; } = "";
    public string? KernelVersion { get; set; }
    public bool? Experimental { get; set; }
    public string? BuildTime { get; set; }
}

public sealed record VersionPlatform
{
    public string Name { get; set; } = "";
}

public sealed record VersionComponent
{
    public string Name { get; set; } = "";
    public string Version { get; set; } = "";
    public Dictionary<string, string>? Details { get; set; }
}
