using System.Text.Json.Serialization;

namespace Orchestrator.Api;

/// <summary>How a network's addresses are managed.</summary>
public sealed record Ipam
{
    public string Driver { get; set; } = "default";
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)] public Dictionary<string, string>? Options { get; set; }
    public IpamConfig[]? Config { get; set; }
}

/// <summary>One address range, in CIDR form.</summary>
public sealed record IpamConfig
{
    public string? Subnet { get; set; }
    public string? IPRange { get; set; }
    public string? Gateway { get; set; }

    /// <summary>Name to address: addresses never handed out.</summary>
    [JsonPropertyName("AuxiliaryAddresses")] public Dictionary<string, string>? AuxAddress { get; set; }
}
