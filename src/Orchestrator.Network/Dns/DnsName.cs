using System.Net;

namespace Orchestrator.Network.Dns;

/// <summary>Comparison and shape of domain names: lower case, no final dot.</summary>
internal static class DnsName
{
    private const string ReverseZone = ".in-addr.arpa", ReverseZone6 = ".ip6.arpa";

    public static string Normalize(string name) => name.TrimEnd('.').ToLowerInvariant();

    /// <summary>The address that a reverse name asks about; null when it is none.</summary>
    public static string? ReverseAddress(string name)
    {
        if (name.EndsWith(ReverseZone6, StringComparison.Ordinal))
            return Reverse6(name[..^ReverseZone6.Length].Split('.'));
        if (!name.EndsWith(ReverseZone, StringComparison.Ordinal))
            return null;
        var labels = name[..^ReverseZone.Length].Split('.');
        return labels.Length == 4 ? string.Join('.', Enumerable.Reverse(labels)) : null;
    }

    /// <summary>32 hexadecimal digits, the last one first. Source: RFC 3596 §2.5.</summary>
    private static string? Reverse6(string[] digits)
    {
        if (digits.Length != 32 || digits.Any(d => d.Length != 1 || !char.IsAsciiHexDigit(d[0])))
            return null;
        return new IPAddress(Convert.FromHexString(string.Concat(Enumerable.Reverse(digits)))).ToString();
    }
}
