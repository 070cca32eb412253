namespace Orchestrator.Runtime.Shim;

/// <summary>The execs of a container: those that run, and the last of those that have ended.</summary>
/// <remarks>One that ended, was waited for and has been read is of no more use; it is remembered a little, for a caller
/// that asks twice. One that ended and was not asked for may only be waiting for a daemon that is coming back.
/// Both are bounded: what grows with each exec would fill the shim.</remarks>
internal sealed class ExecSessions : IDisposable
{
    private const int MaxCollected = 16, MaxUncollected = 128;

    private readonly Dictionary<string, ShimProcess> all = [];
    private readonly LinkedList<string> uncollected = [];
    private readonly Queue<string> collected = [];

    public int Count => all.Count;

    public void Add(string id, ShimProcess process) => all.Add(id, process);

    public ShimProcess? Find(string id) => all.GetValueOrDefault(id);

    /// <summary>The one that runs with this pid.</summary>
    public ShimProcess? Running(int pid) => all.Values.FirstOrDefault(p => p.Pid == pid && p.Exit is null);

    /// <summary>It has ended, and its output has been read if somebody wanted it.</summary>
    public void Ended(string id)
    {
        uncollected.AddLast(id);
        if (uncollected.Count <= MaxUncollected)
            return;
        Forget(uncollected.First!.Value);
        uncollected.RemoveFirst();
    }

    /// <summary>Somebody has been told how it ended.</summary>
    public void Told(string id)
    {
        if (Find(id) is not { IsRead: true } || !uncollected.Remove(id))
            return;
        collected.Enqueue(id);
        if (collected.Count > MaxCollected)
            Forget(collected.Dequeue());
    }

    public void Dispose()
    {
        foreach (var process in all.Values)
            process.Dispose();
    }

    private void Forget(string id)
    {
        if (all.Remove(id, out var process))
            process.Dispose();
    }
}
