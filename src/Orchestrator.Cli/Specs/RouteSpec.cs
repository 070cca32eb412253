using System.Globalization;
using Orchestrator.Api.Swarm;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Specs;

/// <summary>A service's <c>--route</c>: <c>host=shop.example,path=/api,port=8080,tls=FILE</c>.</summary>
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
                case "tls": route.Certificate = value; break;
                default: throw new FormatException($"invalid field key {key}");
            }
        }

        return route.Port > 0 ? route : throw new FormatException("missing mandatory field 'port'");
    }

    /// <summary>Puts what the file holds in the place of its name.</summary>
    /// <exception cref="CliException">It cannot be read, or is no certificate with its key.</exception>
    public static HttpRoute WithCertificate(HttpRoute route)
    {
        if (route.Certificate is not { Length: > 0 } file)
            return route;
        try
        {
            var pem = File.ReadAllText(file);
            return pem.Contains("-----BEGIN CERTIFICATE-----", StringComparison.Ordinal)
                && pem.Contains("PRIVATE KEY-----", StringComparison.Ordinal)
                ? route with { Certificate = pem }
                : throw new CliException($"{file} holds no certificate with its key; give PEM with both, and the chain");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CliException($"certificate of route {route.Host}{route.Path}: {e.Message}");
        }
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
