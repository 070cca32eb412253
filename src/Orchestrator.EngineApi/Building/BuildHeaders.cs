using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Orchestrator.Engine;

namespace Orchestrator.EngineApi.Building;

/// <summary>What docker's classic API has no place for. See docs/design/build-wire.md.</summary>
internal static class BuildHeaders
{
    private const string SecretHeader = "X-Orch-Build-Secrets", SshHeader = "X-Orch-Build-Ssh";

    /// <summary>Content of secrets by their ids.</summary>
    public static ImmutableDictionary<string, byte[]> Secrets(HttpContext http)
    {
        try
        {
            return Map(http, SecretHeader).ToImmutableDictionary(
                secret => secret.Key, secret => Convert.FromBase64String(secret.Value), StringComparer.Ordinal);
        }
        catch (FormatException)
        {
            throw EngineException.Invalid($"{SecretHeader} has a secret that is not base64");
        }
    }

    /// <summary>Sockets of agents by their ids; only who is on this host can know one.</summary>
    public static ImmutableDictionary<string, string> SshAgents(HttpContext http)
    {
        var agents = Map(http, SshHeader);
        if (agents.Count > 0 && http.Features.Get<IHttpConnectionFeature>()?.RemoteIpAddress is not null)
            throw EngineException.Invalid("--ssh works through the daemon's own unix socket only: build on its host");
        if (agents.Values.FirstOrDefault(path => !path.StartsWith('/')) is { } odd)
            throw EngineException.Invalid($"{SshHeader}: {odd} is no absolute path");
        return agents.ToImmutableDictionary(StringComparer.Ordinal);
    }

    private static Dictionary<string, string> Map(HttpContext http, string header)
    {
        var text = http.Request.Headers[header].ToString();
        if (text.Length == 0)
            return [];
        try
        {
            var map = JsonSerializer.Deserialize(Base64Url.Decode(text), BuildQueryJson.Default.DictionaryStringString);
            return map?.ContainsValue(null!) == false ? map : throw Malformed(header);
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            throw Malformed(header);
        }
    }

    private static EngineException Malformed(string header) =>
        EngineException.Invalid($"{header} is not base64url of a JSON map of strings");
}
