using System.Threading.Channels;
using Orchestrator.Model;

namespace Orchestrator.Manager.Logs;

/// <summary>One reader, and the tasks it was asked of so far. Any thread.</summary>
internal sealed class LogSubscription(string id, P.SubscribeLogsRequest request, int waiting)
{
    private readonly Lock gate = new();
    private readonly HashSet<TaskId> asked = [];
    private readonly Dictionary<TaskId, LogProgress> owing = [];

    public string Id { get; } = id;

    public P.SubscribeLogsRequest Request { get; } = request;

    /// <summary>What nodes have sent. A full channel makes them wait.</summary>
    public Channel<P.LogMessages> Messages { get; } = Channel.CreateBounded<P.LogMessages>(waiting);

    /// <returns>Null: it was asked before.</returns>
    public LogProgress? Ask(OrchTask task)
    {
        lock (gate)
            return asked.Add(task.Id) ? owing[task.Id] = new LogProgress(Id, task, Request.Options) : null;
    }

    /// <returns>Null: its node has said that there is no more.</returns>
    public LogProgress? Owed(TaskId task)
    {
        lock (gate)
            return owing.GetValueOrDefault(task);
    }

    /// <summary>Nodes that have not said that there is no more.</summary>
    public IReadOnlyCollection<NodeId> Owing()
    {
        lock (gate)
            return owing.Values.Select(progress => progress.Node).ToHashSet();
    }

    /// <summary>There is no more of a task.</summary>
    public void Settle(TaskId task)
    {
        lock (gate)
        {
            owing.Remove(task);
            if (owing.Count == 0 && !Request.Options.Follow)
                Messages.Writer.TryComplete();
        }
    }

    /// <summary>Nothing more is taken; the reader gets what is there, and then <paramref name="fault"/>.</summary>
    public void End(Exception? fault = null) => Messages.Writer.TryComplete(fault);
}
