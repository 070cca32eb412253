using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Orchestrator.Engine;
using Orchestrator.Images;

namespace Orchestrator.EngineApi.Images;

/// <summary>Reads the login a client sends along: <c>X-Registry-Auth</c>, base64url of JSON.</summary>
internal static class RegistryAuth
{
    public static RegistryCredentials? Read(HttpContext http)
    {
        var header = http.Request.Headers["X-Registry-Auth"].ToString();
        if (header.Length == 0)
            return null;
        try
        {
            var text = header.Replace('-', '+').Replace('_', '/');
            var json = Convert.FromBase64String(text.PadRight((text.Length + 3) / 4 * 4, '='));
            var auth = JsonSerializer.Deserialize(json, Api.ApiJson.Wire.AuthConfig);
            return auth is null ? null : Of(auth);
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            throw EngineException.Invalid("X-Registry-Auth is not base64url of a JSON login");
        }
    }

    /// <returns>Null: it names nobody.</returns>
    public static RegistryCredentials? Of(Api.AuthConfig auth) =>
        string.IsNullOrEmpty(auth.Username) && string.IsNullOrEmpty(auth.IdentityToken) ? null
            : new RegistryCredentials(
                auth.Username, auth.Password, string.IsNullOrEmpty(auth.IdentityToken) ? null : auth.IdentityToken);
}
