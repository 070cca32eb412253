namespace Orchestrator.Model;

public sealed record ClusterSpec
{
    public Annotations Annotations { get; init; } = Annotations.Named("default");

    public int TaskHistoryLimit { get; init; } = 5;

    public TimeSpan DispatcherHeartbeat { get; init; } = TimeSpan.FromSeconds(2);

    public ulong SnapshotInterval { get; init; } = 10_000;

    public ulong KeepOldSnapshots { get; init; }

    public int HeartbeatTicks { get; init; } = 1;

    public int ElectionTicks { get; init; } = 10;

    public TimeSpan NodeCertificateExpiry { get; init; } = TimeSpan.FromDays(90);

    /// <summary>CIDRs that overlay subnets are cut from.</summary>
    public ImmutableArray<string> AddressPools { get; init; } = DefaultAddressPools;

    public static ImmutableArray<string> DefaultAddressPools { get; } = ["10.0.0.0/8"];

    /// <summary>Prefix length of one overlay's subnet.</summary>
    public int SubnetLength { get; init; } = 24;

    /// <summary>UDP port of VXLAN between all nodes. Default 4789, which 0 is read as.</summary>
    public int DataPathPort { get; init => field = value == 0 ? ClusterPorts.Vxlan : value; } = ClusterPorts.Vxlan;

    /// <summary>How long a key of networks under IPsec is sent under.</summary>
    public TimeSpan NetworkKeyRotation { get; init; } = DefaultKeyRotation;

    public static TimeSpan DefaultKeyRotation { get; } = TimeSpan.FromHours(12);
}
