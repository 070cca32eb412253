using System.Text;
using System.Text.Json;
using Orchestrator.Api;

namespace Orchestrator.Cli.Commands.Images;

/// <summary>The caller's login for a registry, out of <c>~/.orch/config.json</c> and docker's own file.</summary>
internal static class RegistryAuth
{
    private const string DockerHub = "https://index.docker.io/v1/";

    /// <summary>The header that carries it; none when the caller never logged in.</summary>
    public static IEnumerable<(string Name, string Value)> Headers(Session session, string image)
    {
        var registry = ImageName.Registry(image);
        if (Find(session, registry) is { } auth) yield return ("X-Registry-Auth", Encode(auth));
    }

    public static string Encode(AuthConfig auth) => Convert
        .ToBase64String(JsonSerializer.SerializeToUtf8Bytes(auth, ApiJson.Wire.AuthConfig))
        .Replace('+', '-').Replace('/', '_');

    public static AuthConfig? Find(Session session, string registry)
    {
        var home = session.Environment("HOME") ?? "/root";
        var docker = session.Environment("DOCKER_CONFIG") ?? Path.Combine(home, ".docker");
        return Read(Path.Combine(home, ".orch", "config.json"), registry)
            ?? Read(Path.Combine(docker, "config.json"), registry);
    }

    private static AuthConfig? Read(string file, string registry)
    {
        if (!File.Exists(file)) return null;
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(file));
            if (!document.RootElement.TryGetProperty("auths", out var auths)) return null;
            string[] keys = registry == "docker.io" ? [DockerHub, registry]
                : [registry, "https://" + registry, "https://" + registry + "/"];
            foreach (var key in keys)
                if (auths.TryGetProperty(key, out var entry)) return Parse(entry, key);
            return null;
        }
        catch (JsonException e)
        {
            throw new CliException($"{file} is not JSON: {e.Message}", e);
        }
    }

    private static AuthConfig? Parse(JsonElement entry, string server)
    {
        var config = entry.Deserialize(ApiJson.Wire.AuthConfig) ?? new AuthConfig();
        if (!string.IsNullOrEmpty(config.Auth))
        {
            var pair = Encoding.UTF8.GetString(Convert.FromBase64String(config.Auth));
            var colon = pair.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0) return null;
            (config.Username, config.Password, config.Auth) = (pair[..colon], pair[(colon + 1)..], null);
        }
        config.ServerAddress = server;
        return config;
    }
}
