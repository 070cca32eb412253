namespace Orchestrator.Model;

/// <summary>The one object that is the cluster's own.</summary>
public sealed record Cluster : IStoreObject
{
    public required ClusterId Id { get; init; }

    public Meta Meta { get; init; } = Meta.Empty;

    public ClusterSpec Spec { get; init; } = new();

    public RootCa RootCa { get; init; } = new();

    /// <summary>Nodes whose certificates count no more, until these expire.</summary>
    public ImmutableSortedDictionary<string, DateTimeOffset> BlacklistedCertificates { get; init; } =
        ImmutableSortedDictionary<string, DateTimeOffset>.Empty;

    /// <summary>Of networks under IPsec, the oldest first; empty: there are none.</summary>
    public ImmutableArray<NetworkKey> NetworkKeys { get; init; } = [];

    string IStoreObject.Id => Id.Value;
}

/// <summary>PEM certificate and key of the cluster's root, and the tokens that nodes join with.</summary>
public sealed record RootCa
{
    public string Certificate { get; init; } = "";

    public string Key { get; init; } = "";

    public string WorkerToken { get; init; } = "";

    public string ManagerToken { get; init; } = "";
}
