using System.Globalization;
using Orchestrator.Api;
using Orchestrator.Api.Swarm;
using Orchestrator.Cli.Http;

namespace Orchestrator.Cli.Commands.Services;

/// <summary>Sends a changed spec, based on the version that was read.</summary>
internal static class ServiceChange
{
    public static void Send(
        Session session, Service service, ServiceSpec spec, bool rollback, IEnumerable<(string, string)> headers)
    {
        var query = new Query().Add("version", service.Version.Index.ToString(CultureInfo.InvariantCulture))
            .Add("rollback", rollback ? "previous" : "");
        using var response = session.Client.Send("POST", $"/services/{service.ID}/update{query}",
            ApiClient.Json(spec, ApiJson.Wire.ServiceSpec), headers);
        var updated = System.Text.Json.JsonSerializer.Deserialize(response.Body, ApiJson.Wire.ServiceUpdateResponse);
        foreach (var warning in updated?.Warnings ?? []) session.Error.WriteLine(warning);
    }
}
