using System.Globalization;
using Orchestrator.Api;

namespace Orchestrator.Cli.Specs;

/// <summary>The short grammar of <c>-p</c>: <c>[ip:][host[-range]:]container[-range][/protocol]</c>.</summary>
internal readonly record struct PortMapping(string HostIp, string HostPort, int ContainerPort, string Protocol)
{
    /// <summary>The key of the API's port maps.</summary>
    public string Key => string.Create(CultureInfo.InvariantCulture, $"{ContainerPort}/{Protocol}");

    public PortBinding Binding => new() { HostIp = HostIp, HostPort = HostPort };

    /// <summary>One mapping for each container port of the range.</summary>
    /// <exception cref="FormatException">Not such a mapping; says which part.</exception>
    public static List<PortMapping> Parse(string text)
    {
        var (address, protocol) = SplitProtocol(text);
        var (ip, host, container) = SplitParts(address, text);
        var (first, last) = ParseRange(container, text, "containerPort");
        if (host.Length == 0) return Each(first, last, _ => "", ip, protocol);

        var (hostFirst, hostLast) = ParseRange(host, text, "hostPort");
        if (first == last && hostFirst != hostLast)
            return [new PortMapping(ip, $"{hostFirst}-{hostLast}", first, protocol)];
        if (hostLast - hostFirst != last - first)
            throw new FormatException($"invalid ranges specified for container and host Ports: {container} and {host}");
        return Each(first, last, i => (hostFirst + i).ToString(CultureInfo.InvariantCulture), ip, protocol);
    }

    /// <exception cref="FormatException">Not a port from 1 to 65535, or a range of them.</exception>
    public static (int First, int Last) ParseRange(string range, string whole, string what)
    {
        var dash = range.IndexOf('-', StringComparison.Ordinal);
        var first = dash < 0 ? range : range[..dash];
        var last = dash < 0 ? range : range[(dash + 1)..];
        if (TryPort(first, out var from) && TryPort(last, out var to) && from <= to) return (from, to);
        throw new FormatException($"invalid {what}: {(range.Length == 0 ? whole : range)}");
    }

    private static List<PortMapping> Each(int first, int last, Func<int, string> host, string ip, string protocol) =>
        [.. Enumerable.Range(0, last - first + 1).Select(i => new PortMapping(ip, host(i), first + i, protocol))];

    private static bool TryPort(string text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port)
            && port is > 0 and <= ushort.MaxValue;

    private static (string Address, string Protocol) SplitProtocol(string text)
    {
        var slash = text.LastIndexOf('/');
        if (slash < 0) return (text, "tcp");
        var protocol = text[(slash + 1)..].ToLowerInvariant();
        return protocol is "tcp" or "udp" or "sctp"
            ? (text[..slash], protocol)
            : throw new FormatException($"invalid proto: {protocol}");
    }

    private static (string Ip, string Host, string Container) SplitParts(string address, string whole)
    {
        if (address.StartsWith('['))
        {
            var close = address.IndexOf("]:", StringComparison.Ordinal);
            if (close < 0) throw new FormatException($"invalid IP address: {whole}");
            var rest = address[(close + 2)..].Split(':');
            return rest.Length switch
            {
                1 => (address[1..close], "", rest[0]),
                2 => (address[1..close], rest[0], rest[1]),
                _ => throw new FormatException($"invalid port specification: {whole}"),
            };
        }
        var parts = address.Split(':');
        return parts.Length switch
        {
            1 => ("", "", parts[0]),
            2 => ("", parts[0], parts[1]),
            3 => (CheckIp(parts[0]), parts[1], parts[2]),
            _ => throw new FormatException($"invalid port specification: {whole}: write an IPv6 address in brackets"),
        };
    }

    private static string CheckIp(string ip) => ip.Length == 0 || System.Net.IPAddress.TryParse(ip, out _)
        ? ip
        : throw new FormatException($"invalid IP address: {ip}");
}
