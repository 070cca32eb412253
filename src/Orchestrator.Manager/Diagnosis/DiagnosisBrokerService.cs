using Grpc.Core;
using Orchestrator.Store;

namespace Orchestrator.Manager.Diagnosis;

/// <summary>The nodes' side of a diagnosis, answered by the leader, with which every node has its session.</summary>
public sealed class DiagnosisBrokerService : P.DiagnosisBroker.DiagnosisBrokerBase
{
    private readonly DiagnosisHub hub;
    private readonly ICallers callers;
    private readonly IReplicatedLog log;

    internal DiagnosisBrokerService(DiagnosisHub hub, ICallers callers, IReplicatedLog log) =>
        (this.hub, this.callers, this.log) = (hub, callers, log);

    public override async Task Attend(
        P.AttendRequest request, IServerStreamWriter<P.DiagnosisOrder> responseStream, ServerCallContext context)
    {
        Enter(context);
        try
        {
            await hub.AttendAsync(responseStream, context.CancellationToken);
        }
        catch (OperationCanceledException) when (context.CancellationToken.IsCancellationRequested)
        {
            // The node has ended its session.
        }
    }

    public override Task<P.ReportDiagnosisResponse> Report(P.NodeDiagnosis request, ServerCallContext context)
    {
        hub.Take(Enter(context).Node, request);
        return Task.FromResult(new P.ReportDiagnosisResponse());
    }

    private Caller Enter(ServerCallContext context) =>
        log.Status.IsLeader ? callers.Of(context) : throw LeaderGate.NotLeader(log);
}
