using Google.Protobuf.WellKnownTypes;
using Orchestrator.Model;

namespace Orchestrator.Manager.Logs;

/// <summary>
/// How far the log of one task has come to one reader, so that a node which was lost can be asked for the rest. Any
/// thread.
/// </summary>
/// <remarks>
/// Lines have no number, and many may have one time: the rest begins with that of the last line, and as many lines of
/// that time as have come already are left out.
/// </remarks>
internal sealed class LogProgress(string subscription, OrchTask task, P.LogOptions options)
{
    private readonly Lock gate = new();
    private int times;
    private Timestamp? last;
    private int comeOfLast;
    private int toLeaveOut;

    public TaskId Task { get; } = task.Id;

    public NodeId Node { get; } = task.NodeId;

    /// <summary>SUBSCRIPTION/TASK, with which the id of each question begins.</summary>
    public string Name { get; } = $"{subscription}/{task.Id}";

    private string Question => $"{Name}/{times}";

    /// <summary>Asks for all, or for the rest. What comes for an earlier question is no longer taken.</summary>
    public P.SubscriptionMessage Ask()
    {
        lock (gate)
        {
            times++;
            toLeaveOut = comeOfLast;
            var rest = options.Clone();
            if (last is not null)
                (rest.Since, rest.Tail) = (last, -1);
            return new P.SubscriptionMessage
            {
                Id = Question, Selector = new P.LogSelector { TaskIds = { Task.Value } }, Options = rest,
            };
        }
    }

    /// <returns>What has not come before; null: it answers an earlier question.</returns>
    public P.LogMessages? Take(P.PublishLogsMessage answer)
    {
        lock (gate)
        {
            if (answer.SubscriptionId != Question)
                return null;
            var fresh = new P.LogMessages();
            foreach (var line in answer.Messages)
            {
                if (IsFresh(line))
                    fresh.Messages.Add(line);
            }

            return fresh;
        }
    }

    private bool IsFresh(P.LogMessage line)
    {
        var isOfLast = Equals(line.Timestamp, last);
        if (isOfLast && toLeaveOut > 0)
        {
            toLeaveOut--;
            return false;
        }

        (last, comeOfLast) = (line.Timestamp, isOfLast ? comeOfLast + 1 : 1);
        return true;
    }
}
