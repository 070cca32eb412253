using Grpc.Core;
using Orchestrator.Manager.ControlApi;

namespace Orchestrator.Manager.Diagnosis;

/// <summary>The network of the whole cluster, looked over: any manager answers, with what the leader gathers.</summary>
public sealed class DiagnosisService : P.Diagnosis.DiagnosisBase
{
    private readonly DiagnosisHub hub;
    private readonly LeaderRouter router;

    internal DiagnosisService(DiagnosisHub hub, LeaderRouter router) => (this.hub, this.router) = (hub, router);

    public override Task Diagnose(
        P.DiagnoseRequest request, IServerStreamWriter<P.NodeDiagnosis> responseStream, ServerCallContext context) =>
        router.RouteStreamAsync(
            context,
            token => hub.DiagnoseAsync(request, responseStream, token),
            async (invoker, hop) =>
            {
                using var call = new P.Diagnosis.DiagnosisClient(invoker).Diagnose(request, hop);
                while (await call.ResponseStream.MoveNext(context.CancellationToken))
                    await responseStream.WriteAsync(call.ResponseStream.Current, context.CancellationToken);
            });
}
