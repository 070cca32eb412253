using Orchestrator.Model;
using Dto = Orchestrator.Api.Swarm;

namespace Orchestrator.EngineApi.Swarm;

/// <summary>The cluster itself between docker's bodies and the model. Pure.</summary>
internal static class ClusterViews
{
    public static T Fill<T>(T view, Cluster cluster) where T : Dto.ClusterInfo
    {
        view.ID = cluster.Id.Value;
        view.Version = ObjectViews.Version(cluster.Meta);
        view.CreatedAt = cluster.Meta.CreatedAt;
        view.UpdatedAt = cluster.Meta.UpdatedAt;
        view.Spec = Of(cluster.Spec);
        view.TLSInfo = new Dto.TlsInfo { TrustRoot = cluster.RootCa.Certificate };
        view.DefaultAddrPool = [.. cluster.Spec.AddressPools];
        view.SubnetSize = (uint)cluster.Spec.SubnetLength;
        view.DataPathPort = (uint)cluster.Spec.DataPathPort;
        return view;
    }

    public static Dto.SwarmInfo Of(ClusterNodeInfo info) => new()
    {
        NodeID = info.NodeId,
        NodeAddr = info.NodeAddress,
        LocalNodeState = info.State.ToString().ToLowerInvariant(),
        ControlAvailable = info.IsManager,
        Error = info.Error,
        RemoteManagers = info.Managers.Count == 0
            ? null
            : [.. info.Managers.Select(static m => new Dto.SwarmPeer { NodeID = m.NodeId, Addr = m.Address })],
    };

    /// <summary>What the client set, over what is there.</summary>
    public static ClusterSpec Read(Dto.SwarmSpec spec, ClusterSpec before)
    {
        SpecFields.Refuse(spec.EncryptionConfig.AutoLockManagers, "autolock");
        SpecFields.Refuse(spec.CAConfig.ExternalCAs is { Length: > 0 }, "an external CA");
        SpecFields.Refuse(!string.IsNullOrEmpty(spec.CAConfig.SigningCACert), "a CA certificate of your own");
        return before with
        {
            Annotations = new Annotations(
                string.IsNullOrEmpty(spec.Name) ? before.Annotations.Name : spec.Name, SpecFields.Map(spec.Labels)),
            TaskHistoryLimit = (int)(spec.Orchestration.TaskHistoryRetentionLimit ?? before.TaskHistoryLimit),
            DispatcherHeartbeat = Positive(spec.Dispatcher.HeartbeatPeriod, before.DispatcherHeartbeat),
            SnapshotInterval = spec.Raft.SnapshotInterval is > 0 and var interval ? interval : before.SnapshotInterval,
            KeepOldSnapshots = spec.Raft.KeepOldSnapshots ?? before.KeepOldSnapshots,
            HeartbeatTicks = spec.Raft.HeartbeatTick > 0 ? spec.Raft.HeartbeatTick : before.HeartbeatTicks,
            ElectionTicks = spec.Raft.ElectionTick > 0 ? spec.Raft.ElectionTick : before.ElectionTicks,
            NodeCertificateExpiry = Positive(spec.CAConfig.NodeCertExpiry, before.NodeCertificateExpiry),
            NetworkKeyRotation = Positive(spec.NetworkKeyRotation, before.NetworkKeyRotation),
        };
    }

    public static ClusterInit Read(Dto.SwarmInitRequest request)
    {
        SpecFields.Refuse(request.AutoLockManagers, "autolock");
        var spec = Read(request.Spec, new ClusterSpec());
        return new ClusterInit(
            request.ListenAddr, request.AdvertiseAddr, request.DataPathAddr, request.ForceNewCluster,
            ReadAvailability(request.Availability),
            spec with
            {
                AddressPools = request.DefaultAddrPool is { Length: > 0 } pools ? [.. pools] : spec.AddressPools,
                SubnetLength = request.SubnetSize == 0 ? spec.SubnetLength : (int)request.SubnetSize,
                DataPathPort = request.DataPathPort == 0 ? spec.DataPathPort : ReadDataPathPort(request.DataPathPort),
            });
    }

    public static ClusterJoin Read(Dto.SwarmJoinRequest request)
    {
        if (request.RemoteAddrs is not { Length: > 0 } remotes)
            throw SpecFields.Invalid(
                "at least 1 RemoteAddr is required to join.",
                "Name a manager: orch swarm join --token TOKEN HOST:PORT");
        if (request.JoinToken.Length == 0)
            throw SpecFields.Invalid(
                "a join token is required to join.", "A manager shows it: orch swarm join-token worker");
        return new ClusterJoin(
            request.ListenAddr, request.AdvertiseAddr, request.DataPathAddr, remotes, request.JoinToken,
            ReadAvailability(request.Availability));
    }

    public static NodeSpec Read(Dto.NodeSpec spec) => new()
    {
        Annotations = new Annotations(spec.Name ?? "", SpecFields.Map(spec.Labels)),
        DesiredRole = SpecFields.Word(
            spec.Role, "role", NodeRole.Worker, ("worker", NodeRole.Worker), ("manager", NodeRole.Manager)),
        Availability = ReadAvailability(spec.Availability),
    };

    private static NodeAvailability ReadAvailability(string? word) =>
        SpecFields.Word(word, "availability", NodeAvailability.Active,
        ("active", NodeAvailability.Active), ("pause", NodeAvailability.Pause), ("drain", NodeAvailability.Drain));

    private static int ReadDataPathPort(uint port) => port is >= 1024 and <= 49151
        ? (int)port
        : throw SpecFields.Invalid($"invalid data path port {port}:", "use one of 1024 to 49151.");

    private static TimeSpan Positive(long? nanoseconds, TimeSpan otherwise) =>
        nanoseconds is > 0 and var ns ? SpecFields.Time(ns) : otherwise;

    private static Dto.SwarmSpec Of(ClusterSpec spec) => new()
    {
        Name = spec.Annotations.Name,
        Labels = SpecFields.Map(spec.Annotations.Labels),
        Orchestration = new Dto.OrchestrationConfig { TaskHistoryRetentionLimit = spec.TaskHistoryLimit },
        Raft = new Dto.RaftConfig
        {
            SnapshotInterval = spec.SnapshotInterval,
            KeepOldSnapshots = spec.KeepOldSnapshots,
            ElectionTick = spec.ElectionTicks,
            HeartbeatTick = spec.HeartbeatTicks,
        },
        Dispatcher = new Dto.DispatcherConfig { HeartbeatPeriod = SpecFields.Nanoseconds(spec.DispatcherHeartbeat) },
        CAConfig = new Dto.CaConfig { NodeCertExpiry = SpecFields.Nanoseconds(spec.NodeCertificateExpiry) },
        NetworkKeyRotation = spec.NetworkKeyRotation == ClusterSpec.DefaultKeyRotation
            ? null : SpecFields.Nanoseconds(spec.NetworkKeyRotation),
    };
}
