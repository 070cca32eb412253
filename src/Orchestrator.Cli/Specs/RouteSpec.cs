using System.Globalization;
using Orchestrator.Api.Swarm;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Specs;

/// <summary>A service's <c>--route</c>: <c>host=shop.example,path=/api,port=8080,tls=SECRET</c>, and
/// <c>prefer=local</c>, <c>proto=h2c</c>.</summary>
internal static class RouteSpec
{
    /// <exception cref="FormatException">A field is missing, unknown, or not what it should be.</exception>
    public static HttpRoute Parse(string text)
    {
        var route = new HttpRoute { Path = "/" };
        foreach (var (key, value) in CsvFields.Parse(text))
        {
            switch (key)
            {
                case "host": route.Host = value; break;
                case "path": route.Path = value is ['/', ..] ? Trimmed(value)
                    : throw new FormatException($"invalid path {value}: it begins with /"); break;
                case "port": route.Port = Port(value); break;
                case "prefer":
                    route.Prefer = value is "local" or "none" ? value
                        : throw new FormatException($"invalid preference {value}: local, or none");
                    break;
                case "proto" or "protocol":
                    route.Protocol = value is "h2c" or "http1" ? value
                        : throw new FormatException($"invalid protocol {value}: h2c, or http1");
                    break;
                case "tls": route.SecretName = value; break;
                default: throw new FormatException($"invalid field key {key}");
            }
        }

        return route.Port > 0 ? route : throw new FormatException("missing mandatory field 'port'");
    }

    /// <summary>What <c>--route-rm</c> matches: <c>shop.example</c>, <c>shop.example/api</c>, <c>/static</c>.</summary>
    public static bool Matches(HttpRoute route, string key) =>
        $"{route.Host}{route.Path}" == (key.Contains('/', StringComparison.Ordinal) ? Trimmed(key) : key + "/");

    private static string Trimmed(string path) =>
        path.Length > 1 && path.EndsWith('/') && path.Count(static c => c == '/') > 1 ? path.TrimEnd('/') : path;

    private static uint Port(string? value) =>
        ushort.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0
            ? port : throw new FormatException($"invalid port {value}");
}
