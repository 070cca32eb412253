namespace Orchestrator.Manager;

/// <summary>One term in which this manager leads, and what runs during it.</summary>
internal sealed class Leadership
{
    private readonly CancellationTokenSource lost = new();
    private readonly Task running;

    public Leadership(ulong term, Func<ulong, CancellationToken, Task> lead)
    {
        Term = term;
        running = Task.Run(() => lead(term, lost.Token));
    }

    public ulong Term { get; }

    /// <summary>Stops what runs and waits until it has.</summary>
    public async Task EndAsync()
    {
        await lost.CancelAsync();
        await running;
        lost.Dispose();
    }
}
