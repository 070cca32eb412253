namespace Orchestrator.Model;

/// <summary>Which HTTP requests lead to a service.</summary>
/// <param name="Host">Name in lower case, <c>*.suffix</c>, or empty: any.</param>
/// <param name="Path">Prefix in whole segments; <c>/</c>: all.</param>
/// <param name="TargetPort">Where the tasks listen.</param>
public sealed record HttpRoute(string Host, string Path, int TargetPort)
{
    /// <summary>Holds the certificate with its chain and key, PEM; empty: without TLS, but in a request that names it
    /// only.</summary>
    public PayloadId SecretId { get; init; } = new("");

    public string SecretName { get; init; } = "";

    /// <summary>Which tasks a node leads to.</summary>
    public TaskPreference Prefer { get; init; }

    /// <summary>Tasks are spoken to by HTTP/2 without TLS; else by HTTP/1.1.</summary>
    public bool IsHttp2 { get; init; }

    /// <summary>Where routes answer on every node, without and with TLS.</summary>
    public const int HttpPort = 80, HttpsPort = 443;

    public static HttpRoute Any { get; } = new("", "/", 0);

    public bool HasTls => SecretId.Value.Length > 0 || SecretName.Length > 0;

    /// <summary>What no two routes of the cluster have alike.</summary>
    public string Key => Host + Path;

    /// <summary>Ports of every node that it needs, which are no other service's then.</summary>
    public IEnumerable<int> Ports => HasTls ? [HttpPort, HttpsPort] : [HttpPort];
}
