using System.Text.Json;
using Orchestrator.Api;
using Orchestrator.Cli.Config;

namespace Orchestrator.Cli.Commands.Images;

/// <summary>The caller's login for a registry, as requests carry it.</summary>
internal static class RegistryAuth
{
    /// <summary>The header that carries it; none when the caller never logged in.</summary>
    public static IEnumerable<(string Name, string Value)> Headers(Session session, string image)
    {
        if (new Logins(session.Folder).Find(ImageName.Registry(image)) is { } auth)
            yield return ("X-Registry-Auth", Encode(auth));
    }

    public static string Encode(AuthConfig auth) => Convert
        .ToBase64String(JsonSerializer.SerializeToUtf8Bytes(auth, ApiJson.Wire.AuthConfig))
        .Replace('+', '-').Replace('/', '_');
}
