using System.Globalization;
using Microsoft.AspNetCore.Http;
using Orchestrator.EngineApi.Http;

namespace Orchestrator.EngineApi.Swarm;

/// <summary>What only the swarm routes read of a request.</summary>
internal static class SwarmHttp
{
    /// <summary>The version an update is based on.</summary>
    public static ulong Version(this HttpContext http) =>
        ulong.TryParse(http.Query("version"), NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            ? version
            : throw SpecFields.Invalid(
                $"invalid version '{http.Query("version")}':", "an update names the Version.Index it is based on.");
}
