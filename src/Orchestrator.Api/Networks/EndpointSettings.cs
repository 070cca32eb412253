using System.Text.Json.Serialization;

namespace Orchestrator.Api;

/// <summary>A container's place in one network: what was asked for, then what it got.</summary>
public sealed record EndpointSettings
{
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)] public EndpointIpamConfig? IPAMConfig { get; set; }
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)] public string[]? Links { get; set; }
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)] public string[]? Aliases { get; set; }
    public string MacAddress { get; set; } = "";
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)] public Dictionary<string, string>? DriverOpts { get; set; }
    public string NetworkID { get; set; } = "";
    public string EndpointID { get; set; } = "";
    public string Gateway { get; set; } = "";
    public string IPAddress { get; set; } = "";
    public int IPPrefixLen { get; set; }
    public string IPv6Gateway { get; set; } = "";
    public string GlobalIPv6Address { get; set; } = "";
    public int GlobalIPv6PrefixLen { get; set; }

    /// <summary>Every name the network's DNS answers with this endpoint.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)] public string[]? DNSNames { get; set; }
}

public sealed record EndpointIpamConfig
{
    public string? IPv4Address { get; set; }
    public string? IPv6Address { get; set; }
    public string[]? LinkLocalIPs { get; set; }
}

/// <summary>The networks a new container joins, by name.</summary>
public sealed record NetworkingConfig
{
    public Dictionary<string, EndpointSettings>? EndpointsConfig { get; set; }
}
