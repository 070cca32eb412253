using System.Globalization;
using Orchestrator.Api.Swarm;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Specs;

/// <summary>A service's <c>--publish</c>: <c>8080:80/tcp</c>, or <c>published=8080,target=80,mode=host</c>
/// and further words of ours.</summary>
internal static class PublishSpec
{
    /// <exception cref="FormatException">Neither form; an address, which services cannot publish on.</exception>
    public static List<PortConfig> Parse(string text)
    {
        if (text.Contains('=', StringComparison.Ordinal)) return [ParseLong(text)];
        var ports = new List<PortConfig>();
        foreach (var mapping in PortMapping.Parse(text))
        {
            if (mapping.HostIp.Length > 0)
                throw new FormatException(
                    $"hostip is not supported: write mode=host,ip={mapping.HostIp},published=…,target={mapping.ContainerPort}");
            ports.AddRange(Published(mapping.HostPort).Select(published => new PortConfig
            {
                Protocol = mapping.Protocol,
                TargetPort = (uint)mapping.ContainerPort,
                PublishedPort = published is null or 0 ? null : published,
                PublishMode = "ingress",
            }));
        }
        return ports;
    }

    /// <summary>A range that leads to one port is published whole: a service has no host that could choose.</summary>
    private static IEnumerable<uint?> Published(string range)
    {
        if (range.Length == 0) return [null];
        var bounds = range.Split('-').Select(static b => int.Parse(b, CultureInfo.InvariantCulture)).ToList();
        return Enumerable.Range(bounds[0], bounds[^1] - bounds[0] + 1).Select(static port => (uint?)port);
    }

    /// <summary>What <c>--publish-rm</c> matches: <c>80</c> or <c>80/udp</c> is a target port.</summary>
    public static bool Matches(PortConfig port, string target)
    {
        var slash = target.IndexOf('/', StringComparison.Ordinal);
        var number = slash < 0 ? target : target[..slash];
        var protocol = slash < 0 ? "tcp" : target[(slash + 1)..];
        return number == port.TargetPort?.ToString(CultureInfo.InvariantCulture)
            && protocol == (port.Protocol ?? "tcp");
    }

    private static PortConfig ParseLong(string text)
    {
        var port = new PortConfig { Protocol = "tcp", PublishMode = "ingress" };
        foreach (var (key, value) in CsvFields.Parse(text))
        {
            switch (key)
            {
                case "target": port.TargetPort = Number(key, value); break;
                case "published": port.PublishedPort = value == "0" ? null : Number(key, value); break;
                case "protocol":
                    port.Protocol = value is "tcp" or "udp" or "sctp" ? value
                        : throw new FormatException($"invalid protocol value '{value}'");
                    break;
                case "mode":
                    port.PublishMode = value is "ingress" or "host" ? value
                        : throw new FormatException(
                            $"invalid publish mode value ({value}): must be either 'ingress' or 'host'");
                    break;
                case "source": port.Source = OneOf(key, value, "client", "masquerade"); break;
                case "prefer": port.Prefer = OneOf(key, value, "none", "local"); break;
                case "proxy-protocol": port.ProxyProtocol = OneOf(key, value, "none", "v2"); break;
                case "ip": port.HostIP = Address(value); break;
                default: throw new FormatException($"invalid field key {key}");
            }
        }
        Check(port);
        return port;
    }

    /// <summary>All that an update is to set, also what it is to set to what it is by itself: the daemon keeps what
    /// is not said.</summary>
    public static PortConfig Whole(PortConfig port) => port with
    {
        Source = port.Source ?? "client", Prefer = port.Prefer ?? "none", HostIP = port.HostIP ?? "",
        ProxyProtocol = port.ProxyProtocol ?? "none",
    };

    private static void Check(PortConfig port)
    {
        if (port.TargetPort is null) throw new FormatException("missing mandatory field 'target'");
        if (port is { PublishMode: "ingress", HostIP.Length: > 0 })
            throw new FormatException("ip is for mode=host: the routing mesh answers on every address of every node");
        if (port is { PublishMode: "host" } and ({ Source: not (null or "client") } or { Prefer: not (null or "none") }
            or { ProxyProtocol: not (null or "none") }))
            throw new FormatException(
                "source, prefer and proxy-protocol are for mode=ingress: a host's port leads to its own task");
    }

    private static string Address(string? value) => System.Net.IPAddress.TryParse(value, out _)
        ? value : throw new FormatException($"invalid IP address: {value}");

    private static uint Number(string key, string? value) =>
        ushort.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0
            ? port
            : throw new FormatException($"invalid {key} port {value}");

    private static string OneOf(string key, string? value, params string[] allowed) => allowed.Contains(value)
        ? value!
        : throw new FormatException($"invalid {key} value {value}: use {string.Join(", ", allowed)}");
}
