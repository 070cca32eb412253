using Grpc.Core;
using Orchestrator.Agent.Tasks;

namespace Orchestrator.Agent.Sessions;

/// <summary>What a session hands to its owner, who takes it at once: what follows has to be read meanwhile. Calls come one
/// at a time for each method.</summary>
internal interface ISessionHandler
{
    void OnSession(P.SessionMessage message);

    /// <returns>False: an increment is missing, so the session must begin again.</returns>
    bool OnAssignments(P.AssignmentsMessage message);

    /// <summary>Asked at each heartbeat.</summary>
    /// <returns>What this node is, where the cluster has it otherwise; null: it is as it says.</returns>
    P.NodeDescription? News();
}

/// <summary>
/// One session with one dispatcher: registers, keeps the heartbeat, takes assignments, reports statuses. Ends with an
/// exception when any of them breaks; whoever owns it begins another, here or elsewhere.
/// </summary>
/// <param name="services">What else this node does for that manager, each for as long as the session lasts.</param>
internal sealed class DispatcherSession(
    CallInvoker invoker, P.SessionRequest registration, ISessionHandler handler, StatusReporter reporter,
    IReadOnlyList<Func<CallInvoker, CancellationToken, Task>> services, TimeProvider time)
{
    /// <summary>Every single call; a manager that does not answer by then is as good as dead.</summary>
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Heartbeat and registration: a leader whose machine vanished sends no reset, and its successor waits for nodes
    /// only so long.
    /// </summary>
    private static readonly TimeSpan BeatTimeout = TimeSpan.FromSeconds(2);

    private readonly P.Dispatcher.DispatcherClient dispatcher = new(invoker);

    /// <param name="begun">Called once the dispatcher accepted the registration.</param>
    public async Task RunAsync(Action begun, CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var call = dispatcher.Session(registration, cancellationToken: ended.Token);
        var first = await FirstAsync(call.ResponseStream, ended.Token).ConfigureAwait(false);
        begun();
        handler.OnSession(first);
        Task[] parts =
        [
            ReadSessionAsync(call.ResponseStream, ended.Token),
            HeartbeatAsync(first.SessionId, ended.Token),
            ReadAssignmentsAsync(first.SessionId, ended.Token),
            reporter.RunAsync((request, token) => ReportAsync(first.SessionId, request, token), ended.Token),
            .. services.Select(serve => serve(invoker, ended.Token)),
        ];
        var broken = await Task.WhenAny(parts).ConfigureAwait(false);
        await ended.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(parts).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await broken.ConfigureAwait(false);
        throw new RpcException(new Status(StatusCode.Unavailable, "the manager ended the session"));
    }

    private static async Task<P.SessionMessage> FirstAsync(
        IAsyncStreamReader<P.SessionMessage> stream, CancellationToken cancellationToken)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        late.CancelAfter(BeatTimeout);
        if (!await stream.MoveNext(late.Token).ConfigureAwait(false))
            throw new RpcException(new Status(StatusCode.Unavailable, "the manager took no registration"));
        return stream.Current;
    }

    private async Task ReadSessionAsync(
        IAsyncStreamReader<P.SessionMessage> stream, CancellationToken cancellationToken)
    {
        while (await stream.MoveNext(cancellationToken).ConfigureAwait(false))
            handler.OnSession(stream.Current);
    }

    private async Task HeartbeatAsync(string session, CancellationToken cancellationToken)
    {
        while (true)
        {
            var request = new P.HeartbeatRequest { SessionId = session, Description = handler.News() };
            var answer = await dispatcher.HeartbeatAsync(request, Options(BeatTimeout, cancellationToken)).ConfigureAwait(false);
            await Task.Delay(answer.Period.ToTimeSpan(), time, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task ReadAssignmentsAsync(string session, CancellationToken cancellationToken)
    {
        using var call = dispatcher.Assignments(
            new P.AssignmentsRequest { SessionId = session }, cancellationToken: cancellationToken);
        while (await call.ResponseStream.MoveNext(cancellationToken).ConfigureAwait(false))
        {
            if (!handler.OnAssignments(call.ResponseStream.Current))
                return;
        }
    }

    private async Task ReportAsync(
        string session, P.UpdateTaskStatusRequest request, CancellationToken cancellationToken)
    {
        request.SessionId = session;
        await dispatcher.UpdateTaskStatusAsync(request, Options(CallTimeout, cancellationToken)).ConfigureAwait(false);
    }

    private static CallOptions Options(TimeSpan timeout, CancellationToken cancellationToken) =>
        new(deadline: DateTime.UtcNow + timeout, cancellationToken: cancellationToken);
}
