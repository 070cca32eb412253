using Grpc.Core;
using Orchestrator.Manager.ControlApi;
using Orchestrator.Model;
using Orchestrator.Protocol.Mapping;
using Orchestrator.Store;

namespace Orchestrator.Manager.Logs;

/// <summary>Logs of services for readers: any manager answers, with what the leader gathers.</summary>
public sealed class LogsService : P.Logs.LogsBase
{
    private readonly LogHub hub;
    private readonly LeaderRouter router;

    internal LogsService(LogHub hub, LeaderRouter router)
    {
        this.hub = hub;
        this.router = router;
    }

    public override async Task SubscribeLogs(
        P.SubscribeLogsRequest request, IServerStreamWriter<P.LogMessages> responseStream, ServerCallContext context)
    {
        request.Selector ??= new P.LogSelector();
        request.Options ??= new P.LogOptions { Stdout = true, Stderr = true, Tail = -1 };
        await router.RouteStreamAsync(
            context,
            token => hub.SubscribeAsync(request, responseStream, token),
            async (invoker, hop) =>
            {
                using var call = new P.Logs.LogsClient(invoker).SubscribeLogs(request, hop);
                while (await call.ResponseStream.MoveNext(context.CancellationToken))
                    await responseStream.WriteAsync(call.ResponseStream.Current, context.CancellationToken);
            });
    }
}
