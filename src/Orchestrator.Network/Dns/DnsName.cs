namespace Orchestrator.Network.Dns;

/// <summary>Comparison and shape of domain names: lower case, no final dot.</summary>
internal static class DnsName
{
    private const string ReverseZone = ".in-addr.arpa";

    public static string Normalize(string name) => name.TrimEnd('.').ToLowerInvariant();

    /// <summary>The address that a reverse name asks about; null when it is none.</summary>
    public static string? ReverseAddress(string name)
    {
        if (!name.EndsWith(ReverseZone, StringComparison.Ordinal))
            return null;
        var labels = name[..^ReverseZone.Length].Split('.');
        return labels.Length == 4 ? string.Join('.', Enumerable.Reverse(labels)) : null;
    }
}
