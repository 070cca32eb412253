namespace Orchestrator.Api.Swarm;

/// <summary>POST /swarm/init; answered by the new node's ID as a JSON string.</summary>
public sealed record SwarmInitRequest
{
    public string ListenAddr { get; set; } = "";
    public string AdvertiseAddr { get; set; } = "";
    public string DataPathAddr { get; set; } = "";
    public uint DataPathPort { get; set; }
    public bool ForceNewCluster { get; set; }
    public SwarmSpec Spec { get; set; } = new();
    public bool AutoLockManagers { get; set; }
    public string Availability { get; set; } = "";
    public string[]? DefaultAddrPool { get; set; }
    public uint SubnetSize { get; set; }
}

/// <summary>POST /swarm/join. The token decides the role.</summary>
public sealed record SwarmJoinRequest
{
    public string ListenAddr { get; set; } = "";
    public string AdvertiseAddr { get; set; } = "";
    public string DataPathAddr { get; set; } = "";
    public string[]? RemoteAddrs { get; set; }
    public string JoinToken { get; set; } = "";
    public string Availability { get; set; } = "";
}

/// <summary>POST /swarm/unlock.</summary>
public sealed record SwarmUnlockRequest
{
    public string UnlockKey { get; set; } = "";
}

/// <summary>GET /swarm/unlockkey; empty when autolock is off.</summary>
public sealed record SwarmUnlockKeyResponse
{
    public string UnlockKey { get; set; } = "";
}
