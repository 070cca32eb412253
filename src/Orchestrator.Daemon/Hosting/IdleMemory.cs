namespace Orchestrator.Daemon.Hosting;

/// <summary>Gives back, once the daemon is at rest, what busy times have left behind.</summary>
/// <remarks>The collector waits until a processor's whole cache is full of garbage, some hundred megabytes on a large
/// one, and keeps what it has freed: for a service that does nothing else that is right, beside containers it is not.
/// </remarks>
internal sealed class IdleMemory(TimeProvider time)
{
    /// <summary>Less is not worth a collection, and more in one period is no rest.</summary>
    private const long WorthIt = 16 << 20, AtRest = 1 << 20;

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    private long atLastLook, atLastTrim;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            if (IsDue(GC.GetTotalAllocatedBytes()))
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        }
    }

    /// <param name="allocated">Bytes, since the beginning.</param>
    internal bool IsDue(long allocated)
    {
        var rests = allocated - atLastLook < AtRest;
        atLastLook = allocated;
        if (!rests || allocated - atLastTrim < WorthIt)
            return false;
        atLastTrim = allocated;
        return true;
    }
}
