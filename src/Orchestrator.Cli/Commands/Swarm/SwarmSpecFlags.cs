using Orchestrator.Api.Swarm;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands.Swarm;

/// <summary>The settings of a cluster that init and update share.</summary>
internal sealed class SwarmSpecFlags(FlagSet f)
{
    private readonly BoolFlag _autolock = f.Bool("autolock", null, "Ask for a key when a manager starts");
    private readonly ValueFlag<long?> _certExpiry = f.Duration(
        "cert-expiry", "Life of a node's certificate (ns|us|ms|s|m|h)");
    private readonly ValueFlag<long?> _heartbeat = f.Duration(
        "dispatcher-heartbeat", "Time between two signs of life of a node (ns|us|ms|s|m|h)");
    private readonly ValueFlag<ulong?> _maxSnapshots = f.UInt(
        "max-snapshots", null, "Raft snapshots kept besides the newest");
    private readonly ValueFlag<long?> _keyRotation = f.Duration(
        "network-key-rotation", "Life of a key of networks under IPsec (ns|us|ms|s|m|h)");
    private readonly ValueFlag<ulong?> _interval = f.UInt(
        "snapshot-interval", null, "Log entries between two raft snapshots");
    private readonly ValueFlag<long?> _history = f.Int("task-history-limit", null, "Ended tasks kept for each slot");

    public bool AutolockIsSet => _autolock.IsSet;

    public bool Autolock => _autolock;

    public bool AnySet => _autolock.IsSet || _certExpiry.IsSet || _heartbeat.IsSet
        || _maxSnapshots.IsSet || _keyRotation.IsSet || _interval.IsSet || _history.IsSet;

    public void Apply(SwarmSpec spec)
    {
        if (_autolock.IsSet) spec.EncryptionConfig.AutoLockManagers = _autolock;
        spec.CAConfig.NodeCertExpiry = _certExpiry.Value ?? spec.CAConfig.NodeCertExpiry;
        spec.Dispatcher.HeartbeatPeriod = _heartbeat.Value ?? spec.Dispatcher.HeartbeatPeriod;
        spec.NetworkKeyRotation = _keyRotation.Value ?? spec.NetworkKeyRotation;
        spec.Raft.KeepOldSnapshots = _maxSnapshots.Value ?? spec.Raft.KeepOldSnapshots;
        spec.Raft.SnapshotInterval = _interval.Value ?? spec.Raft.SnapshotInterval;
        spec.Orchestration.TaskHistoryRetentionLimit = _history.Value ?? spec.Orchestration.TaskHistoryRetentionLimit;
    }
}
