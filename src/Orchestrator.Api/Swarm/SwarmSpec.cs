namespace Orchestrator.Api.Swarm;

/// <summary>What the operator can set of a cluster. Durations are nanoseconds.</summary>
public sealed record SwarmSpec
{
    public string? Name { get; set; }
    public Dictionary<string, string>? Labels { get; set; }
    public OrchestrationConfig Orchestration { get; set; } = new();
    public RaftConfig Raft { get; set; } = new();
    public DispatcherConfig Dispatcher { get; set; } = new();
    public CaConfig CAConfig { get; set; } = new();
    public TaskDefaults TaskDefaults { get; set; } = new();
    public EncryptionConfig EncryptionConfig { get; set; } = new();

    /// <summary>Life of a key of networks under IPsec; null: 12 hours. Not docker's.</summary>
    public long? NetworkKeyRotation { get; set; }
}

public sealed record OrchestrationConfig
{
    /// <summary>Ended tasks kept for each slot; null: 5; negative: all.</summary>
    public long? TaskHistoryRetentionLimit { get; set; }
}

public sealed record RaftConfig
{
    /// <summary>Log entries between two raft snapshots.</summary>
    public ulong? SnapshotInterval { get; set; }
    public ulong? KeepOldSnapshots { get; set; }
    public ulong? LogEntriesForSlowFollowers { get; set; }
    public int ElectionTick { get; set; }
    public int HeartbeatTick { get; set; }
}

public sealed record DispatcherConfig
{
    public long? HeartbeatPeriod { get; set; }
}

public sealed record CaConfig
{
    public long? NodeCertExpiry { get; set; }
    public ExternalCa[]? ExternalCAs { get; set; }

    /// <summary>PEM; written, never read back.</summary>
    public string? SigningCACert { get; set; }

    /// <summary>PEM; written, never read back.</summary>
    public string? SigningCAKey { get; set; }

    /// <summary>Counts the rotations asked for.</summary>
    public ulong? ForceRotate { get; set; }
}

public sealed record ExternalCa
{
    public string Protocol { get; set; } = "";
    public string URL { get; set; } = "";
    public Dictionary<string, string>? Options { get; set; }
    public string CACert { get; set; } = "";
}

public sealed record TaskDefaults
{
    public NamedDriver? LogDriver { get; set; }
}

public sealed record EncryptionConfig
{
    public bool AutoLockManagers { get; set; }
}
