using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Orchestrator.EngineApi.Http;
using Orchestrator.Network;

namespace Orchestrator.EngineApi.Networks;

/// <summary>What is wrong with this node's network. A route of ours: docker has none.</summary>
internal sealed class NetworkDoctorRoutes(EngineApiContext context)
{
    private const string FixIt = "orch network doctor --fix puts it right";

    public void Map(IEndpointRouteBuilder routes) => routes.MapPost("/orch/network/doctor", AnswerAsync);

    private async Task AnswerAsync(HttpContext http)
    {
        var fix = http.Flag("fix");
        var found = await context.Engine.Network.DiagnoseAsync(fix, http.RequestAborted);
        await http.WriteJsonAsync(
            new Api.NetworkDiagnosis
            {
                Places = found.Places,
                Probes = found.Paths.Length,
                Complaints =
                [
                    .. found.Drifts.Select(drift => Of(drift, fix)),
                    .. found.Paths.Where(path => path.Fault is not null).Select(Complaint),
                ],
                Paths = [.. found.Paths.Select(Of)],
            },
            Api.ApiJson.Wire.NetworkDiagnosis);
    }

    private Api.NetworkComplaint Of(NetworkDrift drift, bool fix) => new()
    {
        Node = context.Facts.Name,
        Place = drift.Place,
        What = drift.Finding,
        Mended = fix && drift.Fault is null,
        Remedy = drift.Fault ?? (fix ? "" : FixIt),
    };

    private Api.NetworkComplaint Complaint(NetworkPath path) => new()
    {
        Node = context.Facts.Name,
        Place = path.From,
        What = path.Fault!, // Of those that have one.
        Remedy = path.Remedy,
    };

    private static Api.NetworkPathReport Of(NetworkPath path) => new()
    {
        From = path.From,
        To = path.To,
        Loss = path.Loss,
        RoundTripMicroseconds = path.RoundTrip?.TotalMicroseconds ?? 0,
        Mtu = path.Mtu,
    };
}
