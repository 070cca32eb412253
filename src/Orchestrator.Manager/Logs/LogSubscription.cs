using System.Threading.Channels;
using Orchestrator.Model;

namespace Orchestrator.Manager.Logs;

/// <summary>One reader, and the tasks it was asked of so far. Any thread.</summary>
internal sealed class LogSubscription(string id, P.SubscribeLogsRequest request, int waiting)
{
    private readonly Lock gate = new();
    private readonly HashSet<TaskId> asked = [];
    private readonly HashSet<TaskId> owing = [];

    public string Id { get; } = id;

    public P.SubscribeLogsRequest Request { get; } = request;

    /// <summary>What nodes have sent. A full channel makes them wait.</summary>
    public Channel<P.LogMessages> Messages { get; } = Channel.CreateBounded<P.LogMessages>(waiting);

    /// <summary>Tasks whose node has not said that there is no more.</summary>
    public bool IsOwed
    {
        get
        {
            lock (gate)
                return owing.Count > 0;
        }
    }

    /// <returns>False: it was asked before.</returns>
    public bool Ask(TaskId task)
    {
        lock (gate)
            return asked.Add(task) && owing.Add(task);
    }

    /// <summary>There is no more of a task, or nobody to tell it.</summary>
    public void Settle(TaskId task)
    {
        lock (gate)
        {
            owing.Remove(task);
            if (owing.Count == 0 && !Request.Options.Follow)
                Messages.Writer.TryComplete();
        }
    }

    public void GiveUp() => Messages.Writer.TryComplete();
}
