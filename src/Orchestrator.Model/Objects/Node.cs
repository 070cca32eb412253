namespace Orchestrator.Model;

public enum NodeState
{
    Unknown = 0,
    Down = 1,
    Ready = 2,
    Disconnected = 3,
}

public enum Reachability
{
    Unknown = 0,
    Unreachable = 1,
    Reachable = 2,
}

public sealed record Node : IStoreObject
{
    public required NodeId Id { get; init; }

    public Meta Meta { get; init; } = Meta.Empty;

    public NodeSpec Spec { get; init; } = new();

    /// <summary>
    /// Version that the last change of <see cref="Spec"/> was made from: who read a later one has seen that change.
    /// </summary>
    public ulong SpecVersion { get; init; }

    /// <summary>What its agent last said of it; null until it registered once.</summary>
    public NodeDescription? Description { get; init; }

    public NodeStatus Status { get; init; } = new();

    /// <summary>Set while the node is a member of the Raft group.</summary>
    public ManagerStatus? Manager { get; init; }

    /// <summary>The role its certificate carries; follows <see cref="NodeSpec.DesiredRole"/>.</summary>
    public NodeRole Role { get; init; }

    public NodeCertificate Certificate { get; init; } = new();

    /// <summary>Its own address on the ingress network, with prefix length; empty until allocated.</summary>
    public string IngressAddress { get; init; } = "";

    string IStoreObject.Id => Id.Value;
}

public sealed record NodeStatus
{
    public NodeState State { get; init; }

    public string Message { get; init; } = "";

    /// <summary>Address the node is reached at, as the dispatcher saw or as advertised; also its VTEP.</summary>
    public string Address { get; init; } = "";
}

/// <param name="RaftId">Random, used once.</param>
/// <param name="Address">HOST:PORT of its gRPC server.</param>
public sealed record ManagerStatus(ulong RaftId, string Address, Reachability Reachability, bool Leader);

public enum CertificateState
{
    Unknown = 0,
    Pending = 1,
    Issued = 2,
    Failed = 3,
    /// <summary>The node is told to renew.</summary>
    Rotate = 4,
}

public sealed record NodeCertificate
{
    /// <summary>PEM.</summary>
    public string Csr { get; init; } = "";

    public CertificateState State { get; init; }

    /// <summary>PEM chain, leaf first.</summary>
    public string Chain { get; init; } = "";

    public string Error { get; init; } = "";
}

public sealed record NodeDescription
{
    public string Hostname { get; init; } = "";

    public Platform Platform { get; init; } = new("linux", "amd64");

    public Resources Resources { get; init; } = Resources.None;

    public string EngineVersion { get; init; } = "";

    public ImmutableSortedDictionary<string, string> EngineLabels { get; init; } =
        ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>What its kernel can do for networks: feature, and <see cref="FeatureWorks"/> or what it said. Empty: not
    /// told.</summary>
    public ImmutableSortedDictionary<string, string> NetworkFeatures { get; init; } =
        ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>IPv4 blocks that it has routes to besides the default one, and its resolvers, in CIDR: no network of
    /// the cluster may hide them.</summary>
    public ImmutableArray<string> Routes { get; init; } = [];

    /// <summary>Links that networks may stand on, such as <c>eth0</c>. Empty: not told.</summary>
    public ImmutableArray<string> Links { get; init; } = [];

    /// <summary>Config-only networks of the node, and the link that each names as parent.</summary>
    public ImmutableSortedDictionary<string, string> ConfigNetworks { get; init; } =
        ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Public half of the key that the node made for WireGuard; empty: it has none.</summary>
    public string WireGuardKey { get; init; } = "";

    /// <summary>Largest packet that it can send to other nodes; 0: not told.</summary>
    public int UnderlayMtu { get; init; }

    /// <summary>What its IPsec associations are made under: another one each time it lost some. 0: its kernel has no
    /// IPsec.</summary>
    public uint EspEpoch { get; init; }

    public const string FeatureWorks = "ok";
}
