using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Orchestrator.EngineApi.Http;
using Orchestrator.EngineApi.Swarm;
using Orchestrator.Network;
using Orchestrator.Protocol.Mapping;
using P = Orchestrator.Protocol.V1;

namespace Orchestrator.EngineApi.Networks;

/// <summary>What is wrong with the network: of the whole cluster at a manager, of this node elsewhere. A route of ours:
/// docker has none.</summary>
internal sealed class NetworkDoctorRoutes(EngineApiContext context)
{
    private readonly ControlCalls control = new(context.Cluster);

    public void Map(IEndpointRouteBuilder routes) => routes.MapPost("/orch/network/doctor", AnswerAsync);

    private async Task AnswerAsync(HttpContext http)
    {
        var fix = http.Flag("fix");
        var reports = !http.Flag("local") && await control.IsManagerAsync()
            ? await AskAllAsync(fix, http.RequestAborted)
            : [Own(await context.Engine.Network.DiagnoseAsync(fix, http.RequestAborted), fix)];
        await http.WriteJsonAsync(Join(reports), Api.ApiJson.Wire.NetworkDiagnosis);
    }

    private async Task<List<Api.NetworkDiagnosis>> AskAllAsync(bool fix, CancellationToken cancellationToken)
    {
        var reports = new List<Api.NetworkDiagnosis>();
        try
        {
            using var call = (await control.DiagnosisAsync()).Diagnose(
                new P.DiagnoseRequest { Fix = fix }, cancellationToken: cancellationToken);
            while (await call.ResponseStream.MoveNext(cancellationToken))
                reports.Add(Of(call.ResponseStream.Current));
        }
        catch (RpcException e)
        {
            throw e.ToUser();
        }

        return reports;
    }

    private static Api.NetworkDiagnosis Join(List<Api.NetworkDiagnosis> reports) => new()
    {
        Nodes = [.. reports.SelectMany(r => r.Nodes).Order(StringComparer.Ordinal)],
        Places = reports.Sum(r => r.Places),
        Probes = reports.Sum(r => r.Probes),
        Complaints = [.. reports.SelectMany(r => r.Complaints).OrderBy(c => c.Node, StringComparer.Ordinal)],
        Paths = [.. reports.SelectMany(r => r.Paths)],
    };

    private Api.NetworkDiagnosis Own(NetworkReport found, bool fix) => new()
    {
        Nodes = [context.Facts.Name],
        Places = found.Places,
        Probes = found.Paths.Length,
        Complaints =
        [
            .. found.Complaints(fix).Select(c => new Api.NetworkComplaint
            {
                Node = context.Facts.Name, Place = c.Place, What = c.What, Remedy = c.Remedy, Mended = c.Mended,
            }),
        ],
        Paths =
        [
            .. found.Paths.Select(path => new Api.NetworkPathReport
            {
                Node = context.Facts.Name,
                From = path.From,
                To = path.To,
                Loss = path.Loss,
                RoundTripMicroseconds = path.RoundTrip?.TotalMicroseconds ?? 0,
                Mtu = path.Mtu,
            }),
        ],
    };

    private static Api.NetworkDiagnosis Of(P.NodeDiagnosis report)
    {
        var node = report.Hostname.Length > 0 ? report.Hostname : report.NodeId;
        return new Api.NetworkDiagnosis
        {
            Nodes = [node],
            Places = report.Places,
            Probes = report.Paths.Count,
            Complaints =
            [
                .. report.Complaints.Select(c => new Api.NetworkComplaint
                {
                    Node = node, Place = c.Place, What = c.What, Remedy = c.Remedy, Mended = c.Mended,
                }),
            ],
            Paths =
            [
                .. report.Paths.Select(path => new Api.NetworkPathReport
                {
                    Node = node,
                    From = path.From,
                    To = path.To,
                    Loss = path.Loss,
                    RoundTripMicroseconds = path.RoundTripMicroseconds,
                    Mtu = path.Mtu,
                }),
            ],
        };
    }
}
