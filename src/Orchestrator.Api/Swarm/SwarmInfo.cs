using System.Text.Json.Serialization;

namespace Orchestrator.Api.Swarm;

/// <summary>The Swarm block of GET /info: this node's part in a cluster.</summary>
public sealed record SwarmInfo
{
    public string NodeID { get; set; } = "";
    public string NodeAddr { get; set; } = "";

    /// <summary><c>inactive pending active error locked</c>.</summary>
    public string LocalNodeState { get; set; } = "inactive";

    /// <summary>True on managers: swarm routes are answered here.</summary>
    public bool ControlAvailable { get; set; }
    public string Error { get; set; } = "";
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)] public SwarmPeer[]? RemoteManagers { get; set; }
    public int? Nodes { get; set; }
    public int? Managers { get; set; }
    public ClusterInfo? Cluster { get; set; }
    public string[]? Warnings { get; set; }
}

public sealed record SwarmPeer
{
    public string NodeID { get; set; } = "";
    public string Addr { get; set; } = "";
}
