namespace Orchestrator.Api;

/// <summary>A network: a row of GET /networks, or the whole of GET /networks/{id}.</summary>
public sealed record NetworkResource
{
    public string Name { get; set; } = "";
    public string Id { get; set; } = "";
    public DateTimeOffset Created { get; set; }

    /// <summary><c>local</c> or <c>swarm</c>.</summary>
    public string Scope { get; set; } = "";
    public string Driver { get; set; } = "";
    public bool EnableIPv4 { get; set; } = true;
    public bool EnableIPv6 { get; set; }
    public Ipam IPAM { get; set; } = new();
    public bool Internal { get; set; }
    public bool Attachable { get; set; }
    public bool Ingress { get; set; }
    public ConfigReference ConfigFrom { get; set; } = new();
    public bool ConfigOnly { get; set; }

    /// <summary>By container ID; on this node only.</summary>
    public Dictionary<string, EndpointResource> Containers { get; set; } = [];
    public Dictionary<string, string> Options { get; set; } = [];
    public Dictionary<string, string> Labels { get; set; } = [];
    public PeerInfo[]? Peers { get; set; }

    /// <summary>With <c>verbose=true</c>, by service name.</summary>
    public Dictionary<string, NetworkServiceInfo>? Services { get; set; }
}

public sealed record ConfigReference
{
    public string Network { get; set; } = "";
}

public sealed record EndpointResource
{
    public string Name { get; set; } = "";
    public string EndpointID { get; set; } = "";
    public string MacAddress { get; set; } = "";
    public string IPv4Address { get; set; } = "";
    public string IPv6Address { get; set; } = "";
}

public sealed record PeerInfo
{
    public string Name { get; set; } = "";
    public string IP { get; set; } = "";
}

public sealed record NetworkServiceInfo
{
    public string VIP { get; set; } = "";
    public string[] Ports { get; set; } = [];
    public int LocalLBIndex { get; set; }
    public NetworkTaskInfo[] Tasks { get; set; } = [];
}

public sealed record NetworkTaskInfo
{
    public string Name { get; set; } = "";
    public string EndpointID { get; set; } = "";
    public string EndpointIP { get; set; } = "";
    public Dictionary<string, string>? Info { get; set; }
}
