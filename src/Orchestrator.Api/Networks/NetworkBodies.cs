using System.Text.Json.Serialization;

namespace Orchestrator.Api;

/// <summary>POST /networks/create.</summary>
public sealed record NetworkCreateRequest
{
    public string Name { get; set; } = "";
    public string Driver { get; set; } = "";
    public string Scope { get; set; } = "";
    public bool? CheckDuplicate { get; set; }
    public bool? EnableIPv4 { get; set; }
    public bool? EnableIPv6 { get; set; }
    public Ipam? IPAM { get; set; }
    public bool Internal { get; set; }
    public bool Attachable { get; set; }
    public bool Ingress { get; set; }
    public bool ConfigOnly { get; set; }
    public ConfigReference? ConfigFrom { get; set; }
    public Dictionary<string, string>? Options { get; set; }
    public Dictionary<string, string>? Labels { get; set; }
}

public sealed record NetworkCreateResponse
{
    public string Id { get; set; } = "";
    public string Warning { get; set; } = "";
}

/// <summary>POST /orch/network/{id}/update. Not docker's.</summary>
public sealed record NetworkUpdateRequest
{
    public string[]? PolicyAdd { get; set; }

    /// <summary>"all" removes the policy itself.</summary>
    public string[]? PolicyRemove { get; set; }
    public Dictionary<string, string>? Options { get; set; }
    public string[]? OptionsRemove { get; set; }
}

/// <summary>POST /networks/{id}/connect.</summary>
public sealed record NetworkConnectRequest
{
    public string Container { get; set; } = "";
    public EndpointSettings? EndpointConfig { get; set; }
}

/// <summary>POST /networks/{id}/disconnect.</summary>
public sealed record NetworkDisconnectRequest
{
    public string Container { get; set; } = "";
    public bool Force { get; set; }
}

public sealed record NetworksPruneReport
{
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)] public string[]? NetworksDeleted { get; set; }
}
