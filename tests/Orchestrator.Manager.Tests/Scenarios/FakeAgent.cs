using Orchestrator.Model;
using Orchestrator.Protocol.Mapping;
using P = Orchestrator.Protocol.V1;

namespace Orchestrator.Manager.Tests.Scenarios;

/// <summary>An agent without an engine: what it is told to run runs, unless told to fail.</summary>
internal sealed class FakeAgent(ClusterManager manager, string node) : IAsyncDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly Dictionary<string, P.Task> tasks = [];
    private readonly Dictionary<string, P.NetworkEndpoint> endpoints = [];
    private Task running = Task.CompletedTask;

    public string Node { get; } = node;

    /// <summary>Images whose containers fail at once.</summary>
    public HashSet<string> FailingImages { get; } = [];

    public IReadOnlyDictionary<string, P.Task> Tasks => tasks;

    /// <summary>By network and id, as last told.</summary>
    public IReadOnlyDictionary<string, P.NetworkEndpoint> Endpoints => endpoints;

    /// <summary>Why the last session ended.</summary>
    public Exception? LastFault { get; private set; }

    public void Start() => running = Task.Run(KeepRunningAsync);

    /// <summary>Stops answering, as a machine without power does.</summary>
    public async Task KillAsync()
    {
        await stop.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        stop.Dispose();
    }

    private TestCallContext Call() => new(Node, stop.Token);

    private async Task KeepRunningAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await RunAsync();
            }
            catch (Exception e) when (!stop.IsCancellationRequested)
            {
                LastFault = e;
                await Task.Delay(50, stop.Token);
            }
        }
    }

    private async Task RunAsync()
    {
        var session = new TestStream<P.SessionMessage>();
        var request = new P.SessionRequest
        {
            AdvertiseAddress = $"192.0.2.{Node.Length}",
            Description = new NodeDescription
            {
                Hostname = Node, Resources = new Resources(4_000_000_000, 1L << 32),
            }.ToProto(),
        };
        var serving = CompleteAsync(session, manager.Dispatcher.Session(request, session, Call()));
        var first = await session.Messages.ReadAsync(stop.Token);
        var assignments = new TestStream<P.AssignmentsMessage>();
        var assigning = CompleteAsync(
            assignments,
            manager.Dispatcher.Assignments(new P.AssignmentsRequest
            {
                SessionId = first.SessionId,
            }, assignments, Call()));
        await await Task.WhenAny(BeatAsync(first.SessionId), ObeyAsync(first.SessionId, assignments), PublishAsync(), serving, assigning);
    }

    private static async Task CompleteAsync<T>(TestStream<T> stream, Task call)
    {
        try
        {
            await call;
            stream.Complete();
        }
        catch (Exception e)
        {
            stream.Complete(e);
        }
    }

    private async Task BeatAsync(string session)
    {
        while (true)
        {
            var answer = await manager.Dispatcher.Heartbeat(new P.HeartbeatRequest { SessionId = session }, Call());
            await Task.Delay(answer.Period.ToTimeSpan(), stop.Token);
        }
    }

    private async Task ObeyAsync(string session, TestStream<P.AssignmentsMessage> stream)
    {
        await foreach (var message in stream.Messages.ReadAllAsync(stop.Token))
        {
            foreach (var change in message.Changes)
                Take(change);
            var updates = tasks.Values.Select(Report).OfType<P.TaskStatusUpdate>().ToList();
            if (updates.Count == 0)
                continue;
            var request = new P.UpdateTaskStatusRequest { SessionId = session };
            request.Updates.AddRange(updates);
            await manager.Dispatcher.UpdateTaskStatus(request, Call());
        }
    }

    // One line of each task that is asked for.
    private async Task PublishAsync()
    {
        var wanted = new TestStream<P.SubscriptionMessage>();
        var listening = CompleteAsync(
            wanted, manager.LogBroker.ListenSubscriptions(new P.ListenSubscriptionsRequest(), wanted, Call()));
        await foreach (var subscription in wanted.Messages.ReadAllAsync(stop.Token))
        {
            if (subscription.Close)
                continue;
            var message = new P.PublishLogsMessage { SubscriptionId = subscription.Id, Close = true };
            message.Messages.Add(new P.LogMessage { NodeId = Node, TaskId = subscription.Selector.TaskIds[0] });
            await manager.LogBroker.PublishLogs(new TestReader<P.PublishLogsMessage>([message]), Call());
        }

        await listening;
    }

    private void Take(P.AssignmentChange change)
    {
        var remove = change.Action == P.AssignmentChange.Types.Action.Remove;
        if (change.Task is { } task)
        {
            if (remove)
                tasks.Remove(task.Id);
            else
                tasks[task.Id] = tasks.TryGetValue(task.Id, out var known) ? With(task, known.Status) : task;
        }
        else if (change.Endpoint is { } endpoint)
        {
            if (remove)
                endpoints.Remove($"{endpoint.NetworkId}/{endpoint.Id}");
            else
                endpoints[$"{endpoint.NetworkId}/{endpoint.Id}"] = endpoint;
        }
    }

    private static P.Task With(P.Task task, P.TaskStatus status)
    {
        var copy = task.Clone();
        copy.Status = status;
        return copy;
    }

    private P.TaskStatusUpdate? Report(P.Task task)
    {
        var state = (TaskState)task.Status.State;
        var next = state.IsTerminal() ? state
            : task.DesiredState > P.TaskState.Running ? TaskState.Shutdown
            : task.DesiredState == P.TaskState.Ready ? TaskState.Ready
            : FailingImages.Contains(task.Spec.Container.Image) ? TaskState.Failed
            : TaskState.Running;
        if (next == state)
            return null;
        var status = new Model.TaskStatus { State = next, Timestamp = DateTimeOffset.UtcNow, Message = "by the test" };
        tasks[task.Id] = With(task, status.ToProto());
        return new P.TaskStatusUpdate { TaskId = task.Id, Status = status.ToProto() };
    }
}
