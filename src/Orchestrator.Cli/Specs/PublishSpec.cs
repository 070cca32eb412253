using System.Globalization;
using Orchestrator.Api.Swarm;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Specs;

/// <summary>A service's <c>--publish</c>: <c>8080:80/tcp</c>, or <c>published=8080,target=80,mode=host</c>.</summary>
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
                    "hostip is not supported: publish "
                    + $"{text[(text.IndexOf(':', StringComparison.Ordinal) + 1)..]} on every address");
            if (mapping.HostPort.Contains('-', StringComparison.Ordinal))
                throw new FormatException($"invalid port range for a service: {text}: give as many target ports");
            ports.Add(new PortConfig
            {
                Protocol = mapping.Protocol,
                TargetPort = (uint)mapping.ContainerPort,
                PublishedPort = mapping.HostPort.Length == 0 ? null
                    : uint.Parse(mapping.HostPort, CultureInfo.InvariantCulture),
                PublishMode = "ingress",
            });
        }
        return ports;
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
                case "published": port.PublishedPort = Number(key, value); break;
                case "protocol": port.Protocol = OneOf(key, value, "tcp", "udp", "sctp"); break;
                case "mode": port.PublishMode = OneOf(key, value, "ingress", "host"); break;
                default: throw new FormatException($"invalid field key {key}");
            }
        }
        return port.TargetPort is null ? throw new FormatException("missing mandatory field \"target\"") : port;
    }

    private static uint Number(string key, string? value) =>
        ushort.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0
            ? port
            : throw new FormatException($"invalid {key} port {value}");

    private static string OneOf(string key, string? value, params string[] allowed) => allowed.Contains(value)
        ? value!
        : throw new FormatException($"invalid {key} value {value}: use {string.Join(", ", allowed)}");
}
