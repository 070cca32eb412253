using System.Globalization;
using Orchestrator.Api;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Specs;

/// <summary>The grammar of <c>-p</c>: <c>[ip:][host[-range]:]container[-range][/protocol]</c>, or as fields:
/// <c>published=[ip:]8080,target=80,protocol=udp</c>.</summary>
internal readonly record struct PortMapping(string HostIp, string HostPort, int ContainerPort, string Protocol)
{
    /// <summary>The key of the API's port maps.</summary>
    public string Key => string.Create(CultureInfo.InvariantCulture, $"{ContainerPort}/{Protocol}");

    public PortBinding Binding => new() { HostIp = HostIp, HostPort = HostPort };

    /// <summary>One mapping for each container port of the range.</summary>
    /// <exception cref="FormatException">Not such a mapping; says which part.</exception>
    public static List<PortMapping> Parse(string text)
    {
        if (text.Contains('=', StringComparison.Ordinal)) text = FromFields(text);
        var (address, protocol) = SplitProtocol(text);
        var (ip, host, container) = SplitParts(address, text);
        if (container.Length == 0) throw new FormatException($"no port specified: {text}<empty>");
        var (first, last) = ParseRange(container, 1, "containerPort");
        if (host.Length == 0) return Each(first, last, _ => "", ip, protocol);

        var (hostFirst, hostLast) = ParseRange(host, 0, "hostPort");
        if (first == last && hostFirst != hostLast)
            return [new PortMapping(ip, $"{hostFirst}-{hostLast}", first, protocol)];
        if (hostLast - hostFirst != last - first)
            throw new FormatException($"invalid ranges specified for container and host Ports: {container} and {host}");
        return Each(first, last, i => (hostFirst + i).ToString(CultureInfo.InvariantCulture), ip, protocol);
    }

    private static string FromFields(string text)
    {
        var (published, target, protocol) = ("", "", "tcp");
        foreach (var (key, value) in CsvFields.Parse(text))
        {
            switch (key)
            {
                case "published": published = value + ":"; break;
                case "target": target = value ?? ""; break;
                case "protocol": protocol = value ?? ""; break;
                case "mode": break; // Of a service; docker takes it here too, where there is but one.
                default: throw new FormatException($"invalid field key {key}");
            }
        }

        return target.Length > 0 ? $"{published}{target}/{protocol}"
            : throw new FormatException("missing mandatory field 'target'");
    }

    private static (int First, int Last) ParseRange(string range, int lowest, string what)
    {
        var dash = range.IndexOf('-', StringComparison.Ordinal);
        var first = dash < 0 ? range : range[..dash];
        var last = dash < 0 ? range : range[(dash + 1)..];
        if (TryPort(first, lowest, out var from) && TryPort(last, lowest, out var to) && from <= to) return (from, to);
        throw new FormatException($"invalid {what}: {range}");
    }

    private static List<PortMapping> Each(int first, int last, Func<int, string> host, string ip, string protocol) =>
        [.. Enumerable.Range(0, last - first + 1).Select(i => new PortMapping(ip, host(i), first + i, protocol))];

    private static bool TryPort(string text, int lowest, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port)
            && port >= lowest && port <= ushort.MaxValue;

    private static (string Address, string Protocol) SplitProtocol(string text)
    {
        var slash = text.LastIndexOf('/');
        if (slash < 0) return (text, "tcp");
        var protocol = text[(slash + 1)..].ToLowerInvariant();
        return protocol is "tcp" or "udp" or "sctp" or ""
            ? (text[..slash], protocol.Length == 0 ? "tcp" : protocol)
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
            _ => (CheckIp(string.Join(':', parts[..^2])), parts[^2], parts[^1]), // An IPv6 address without its brackets.
        };
    }

    private static string CheckIp(string ip) => ip.Length == 0 || System.Net.IPAddress.TryParse(ip, out _)
        ? ip
        : throw new FormatException($"invalid IP address: {ip}");
}
