using Grpc.Core;
using Microsoft.Extensions.Logging;
using Orchestrator.Network;

namespace Orchestrator.Agent.Networks;

/// <summary>Looks this node's network over whenever the cluster asks for it.</summary>
/// <param name="digests">What this node was told of each of its networks.</param>
internal sealed class DiagnosisAttendant(
    NodeNetwork network, string hostname, Func<IReadOnlyDictionary<string, string>> digests,
    ILogger<DiagnosisAttendant> logger)
{
    /// <summary>Serves the manager for as long as the session lasts.</summary>
    public async Task RunAsync(CallInvoker invoker, CancellationToken cancellationToken)
    {
        var broker = new P.DiagnosisBroker.DiagnosisBrokerClient(invoker);
        try
        {
            using var call = broker.Attend(new(), cancellationToken: cancellationToken);
            while (await call.ResponseStream.MoveNext(cancellationToken).ConfigureAwait(false))
                await AnswerAsync(broker, call.ResponseStream.Current, cancellationToken).ConfigureAwait(false);
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.Unimplemented)
        {
            // A manager of an older version: it asks for nothing, and the session goes on.
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task AnswerAsync(
        P.DiagnosisBroker.DiagnosisBrokerClient broker, P.DiagnosisOrder order, CancellationToken cancellationToken)
    {
        P.NodeDiagnosis report;
        try
        {
            report = Describe(await network.DiagnoseAsync(order.Fix, cancellationToken).ConfigureAwait(false), order.Fix);
        }
        catch (Exception e) when (e is NetworkException or IOException)
        {
            logger.DiagnosisFailed(e);
            report = new P.NodeDiagnosis
            {
                Complaints =
                {
                    new P.NetworkComplaint { Place = "node", What = $"its network cannot be looked over: {e.Message}" },
                },
            };
        }

        (report.OrderId, report.Hostname) = (order.Id, hostname);
        foreach (var (id, digest) in digests())
            report.Networks[id] = digest;
        await broker.ReportAsync(report, cancellationToken: cancellationToken).ConfigureAwait(false);
    }

    private static P.NodeDiagnosis Describe(NetworkReport found, bool fix) => new()
    {
        Places = found.Places,
        Complaints =
        {
            found.Complaints(fix).Select(c => new P.NetworkComplaint
            {
                Place = c.Place, What = c.What, Remedy = c.Remedy, Mended = c.Mended,
            }),
        },
        Paths =
        {
            found.Paths.Select(path => new P.NetworkPath
            {
                From = path.From,
                To = path.To,
                Loss = path.Loss,
                RoundTripMicroseconds = path.RoundTrip?.TotalMicroseconds ?? 0,
                Mtu = path.Mtu,
            }),
        },
    };
}
