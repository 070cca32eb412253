using System.Collections.Immutable;

namespace Orchestrator.NetHelper;

/// <summary>Containers that were told a virtual address, numbered in the order of that. The daemon waits for the next.</summary>
internal sealed class Callers
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, int> numbers = [];
    private int last;
    private TaskCompletionSource next = NewSource();

    public void Add(string containerId)
    {
        TaskCompletionSource told;
        lock (gate)
        {
            numbers[containerId] = ++last;
            (told, next) = (next, NewSource());
        }

        told.SetResult();
    }

    public void Remove(string containerId)
    {
        lock (gate)
            numbers.Remove(containerId);
    }

    /// <summary>Waits until there is one with a higher number.</summary>
    /// <param name="seen">The highest number that who asks knows of; -1: waits for nothing.</param>
    public async Task<(ImmutableArray<string> Ids, int Last)> AfterAsync(int seen, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task more;
            lock (gate)
            {
                if (last > seen)
                    return ([.. numbers.Where(n => n.Value > seen).Select(n => n.Key)], last);
                more = next.Task;
            }

            await more.WaitAsync(cancellationToken);
        }
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
