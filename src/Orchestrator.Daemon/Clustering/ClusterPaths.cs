namespace Orchestrator.Daemon.Clustering;

/// <summary>Where a node keeps its part of the cluster, all below one folder that leaving deletes.</summary>
internal sealed record ClusterPaths(string Root)
{
    public string State => Path.Combine(Root, "state.json");

    public string Identity => Path.Combine(Root, "certificates");

    /// <summary>What a manager's log and snapshots are encrypted under.</summary>
    public string DataKey => Path.Combine(Identity, "swarm-data.key");

    public string Raft => Path.Combine(Root, "raft");

    /// <summary>What a manager keeps for the registry's repositories.</summary>
    public string Registry => Path.Combine(Root, "registry");

    public string Agent => Path.Combine(Root, "agent");

    /// <summary>Which blobs came from this cluster's registry.</summary>
    public string Shared => Path.Combine(Root, "shared-blobs");
}
