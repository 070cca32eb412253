namespace Orchestrator.Api.Swarm;

/// <summary>The cluster as GET /info shows it.</summary>
public record ClusterInfo
{
    public string ID { get; set; } = "";
    public ObjectVersion Version { get; set; } = new();
    public DateTimeOffset CreatedAt { get; set; }
    public DateTimeOffset UpdatedAt { get; set; }
    public SwarmSpec Spec { get; set; } = new();
    public TlsInfo TLSInfo { get; set; } = new();
    public bool RootRotationInProgress { get; set; }
    public string[] DefaultAddrPool { get; set; } = [];
    public uint SubnetSize { get; set; }
    public uint DataPathPort { get; set; }
}

/// <summary>GET /swarm: the cluster with the tokens that admit nodes to it.</summary>
public sealed record SwarmInspect : ClusterInfo
{
    public JoinTokens JoinTokens { get; set; } = new();
}

public sealed record JoinTokens
{
    public string Worker { get; set; } = "";
    public string Manager { get; set; } = "";
}

public sealed record TlsInfo
{
    /// <summary>The root certificate, PEM.</summary>
    public string? TrustRoot { get; set; }

    /// <summary>DER.</summary>
    public byte[]? CertIssuerSubject { get; set; }

    /// <summary>DER.</summary>
    public byte[]? CertIssuerPublicKey { get; set; }
}
