namespace Orchestrator.Model;

/// <summary>Which HTTP requests lead to a service.</summary>
/// <param name="Host">Name in lower case, <c>*.suffix</c>, or empty: any.</param>
/// <param name="Path">Prefix in whole segments; <c>/</c>: all.</param>
/// <param name="TargetPort">Where the tasks listen.</param>
/// <param name="Certificate">With its chain and key, PEM; empty: without TLS.</param>
public sealed record HttpRoute(string Host, string Path, int TargetPort, string Certificate = "")
{
    /// <summary>Where routes answer on every node, without and with TLS.</summary>
    public const int HttpPort = 80, HttpsPort = 443;

    public static HttpRoute Any { get; } = new("", "/", 0);

    /// <summary>What no two routes of the cluster have alike.</summary>
    public string Key => Host + Path;

    /// <summary>Ports of every node that it needs, which are no other service's then.</summary>
    public IEnumerable<int> Ports => Certificate.Length > 0 ? [HttpPort, HttpsPort] : [HttpPort];
}
