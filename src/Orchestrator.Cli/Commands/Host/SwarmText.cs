using Orchestrator.Api;
using Orchestrator.Api.Swarm;
using Orchestrator.Cli.Output;

namespace Orchestrator.Cli.Commands.Host;

/// <summary>The Swarm block of info.</summary>
internal static class SwarmText
{
    public static void Write(TextWriter o, SwarmInfo swarm)
    {
        o.WriteLine($" Swarm: {swarm.LocalNodeState}");
        if (swarm.LocalNodeState is "inactive" or "locked" or "") return;
        o.WriteLine($"  NodeID: {swarm.NodeID}");
        if (swarm.Error.Length > 0) o.WriteLine($"  Error: {swarm.Error}");
        o.WriteLine($"  Is Manager: {InfoText.Truth(swarm.ControlAvailable)}");
        if (swarm is { ControlAvailable: true, Error.Length: 0, Cluster: { } cluster }) WriteCluster(o, swarm, cluster);
        o.WriteLine($"  Node Address: {swarm.NodeAddr}");
        if (swarm.RemoteManagers is not { Length: > 0 } managers) return;
        o.WriteLine("  Manager Addresses:");
        foreach (var manager in managers.Select(static m => m.Addr).Order(StringComparer.Ordinal))
            o.WriteLine($"   {manager}");
    }

    private static void WriteCluster(TextWriter o, SwarmInfo swarm, ClusterInfo cluster)
    {
        var spec = cluster.Spec;
        o.WriteLine($"  ClusterID: {cluster.ID}\n  Managers: {swarm.Managers ?? 0}\n  Nodes: {swarm.Nodes ?? 0}");
        if (cluster.DefaultAddrPool is { Length: > 0 } pools)
            o.WriteLine($"  Default Address Pool: {string.Join("  ", pools)}  \n  SubnetSize: {cluster.SubnetSize}");
        if (cluster.DataPathPort > 0) o.WriteLine($"  Data Path Port: {cluster.DataPathPort}");
        o.WriteLine(
            $"  Orchestration:\n   Task History Retention Limit: {spec.Orchestration.TaskHistoryRetentionLimit ?? 0}");
        o.WriteLine($"  Raft:\n   Snapshot Interval: {spec.Raft.SnapshotInterval ?? 0}");
        if (spec.Raft.KeepOldSnapshots is { } kept) o.WriteLine($"   Number of Old Snapshots to Retain: {kept}");
        o.WriteLine($"   Heartbeat Tick: {spec.Raft.HeartbeatTick}\n   Election Tick: {spec.Raft.ElectionTick}");
        o.WriteLine($"  Dispatcher:\n   Heartbeat Period: {Age(spec.Dispatcher.HeartbeatPeriod)}");
        o.WriteLine(
            $"  CA Configuration:\n   Expiry Duration: {Age(spec.CAConfig.NodeCertExpiry)}\n   Force Rotate: "
            + $"{spec.CAConfig.ForceRotate ?? 0}");
        o.WriteLine($"  Autolock Managers: {InfoText.Truth(spec.EncryptionConfig.AutoLockManagers)}");
        o.WriteLine($"  Root Rotation In Progress: {InfoText.Truth(cluster.RootRotationInProgress)}");
    }

    private static string Age(long? nanoseconds) => HumanDuration.Of(TimeSpan.FromTicks((nanoseconds ?? 0) / 100));
}
