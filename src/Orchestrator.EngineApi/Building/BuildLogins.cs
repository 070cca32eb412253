using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Orchestrator.Engine;
using Orchestrator.EngineApi.Images;
using Orchestrator.Images;
using Orchestrator.Oci.Images;

namespace Orchestrator.EngineApi.Building;

/// <summary>Logins that a client sends along with a build: <c>X-Registry-Config</c>, base64url of a JSON map by registry.
/// </summary>
internal static class BuildLogins
{
    private const string DockerHub = "https://index.docker.io/v1/";

    /// <returns>Told the host of a registry; null: no login for it came along.</returns>
    public static Func<string, RegistryCredentials?> Read(HttpContext http)
    {
        var header = http.Request.Headers["X-Registry-Config"].ToString();
        if (header.Length == 0)
            return _ => null;
        try
        {
            var logins = JsonSerializer.Deserialize(
                Base64Url.Decode(header), BuildQueryJson.Default.DictionaryStringAuthConfig) ?? [];
            return host => Find(logins, host) is { } login ? RegistryAuth.Of(login) : null;
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            throw EngineException.Invalid("X-Registry-Config is not base64url of JSON logins");
        }
    }

    private static Api.AuthConfig? Find(Dictionary<string, Api.AuthConfig> logins, string host) =>
        logins.GetValueOrDefault(host)
        ?? logins.FirstOrDefault(login => HostOf(login.Key) == host).Value
        ?? (host == Reference.DefaultDomain ? logins.GetValueOrDefault(DockerHub) : null);

    private static string HostOf(string key) =>
        Uri.TryCreate(key, UriKind.Absolute, out var address) && address.Scheme.StartsWith("http", StringComparison.Ordinal)
            ? address.Authority : key;
}
