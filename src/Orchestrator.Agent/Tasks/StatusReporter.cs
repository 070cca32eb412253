using System.Threading.Channels;
using Orchestrator.Model;
using Orchestrator.Protocol.Mapping;

namespace Orchestrator.Agent.Tasks;

/// <summary>Newest status of each task that the dispatcher has not acknowledged yet.</summary>
internal sealed class StatusReporter
{
    private readonly Lock gate = new();
    private readonly Dictionary<TaskId, TaskStatus> pending = [];
    private readonly Channel<bool> signal = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public void Add(TaskId task, TaskStatus status)
    {
        lock (gate)
        {
            if (!pending.TryGetValue(task, out var older) || older.State <= status.State)
                pending[task] = status;
        }

        signal.Writer.TryWrite(true);
    }

    /// <summary>Sends what is pending as it comes. What a failed call carried is pending again.</summary>
    public async Task RunAsync(
        Func<P.UpdateTaskStatusRequest, CancellationToken, Task> send, CancellationToken cancellationToken)
    {
        signal.Writer.TryWrite(true);
        while (await signal.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
        {
            signal.Reader.TryRead(out _);
            var batch = Take();
            if (batch.Count == 0)
                continue;
            try
            {
                await send(Request(batch), cancellationToken).ConfigureAwait(false);
            }
            catch
            {
                foreach (var (task, status) in batch)
                    Add(task, status);
                throw;
            }
        }
    }

    private Dictionary<TaskId, TaskStatus> Take()
    {
        lock (gate)
        {
            var batch = new Dictionary<TaskId, TaskStatus>(pending);
            pending.Clear();
            return batch;
        }
    }

    private static P.UpdateTaskStatusRequest Request(Dictionary<TaskId, TaskStatus> batch) => new()
    {
        Updates =
        {
            batch.Select(p => new P.TaskStatusUpdate { TaskId = p.Key.Value, Status = p.Value.ToProto() }),
        },
    };
}
