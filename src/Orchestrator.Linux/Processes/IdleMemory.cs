using System.Runtime.InteropServices;

namespace Orchestrator.Linux.Processes;

/// <summary>Gives back, once a process is at rest, what busy times have left behind.</summary>
/// <remarks>The collector waits until a processor's whole cache is full of garbage, some hundred megabytes on a large
/// one, and keeps what it has freed; half of the code was needed only to start. For a service that does nothing else
/// that is right, beside containers it is not.</remarks>
public sealed partial class IdleMemory(TimeProvider time)
{
    /// <summary>Less is not worth a collection, and more in one period is no rest.</summary>
    private const long WorthIt = 4 << 20, AtRest = 1 << 20;

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    private long atLastLook;
    private long? atLastTrim; // What it took to start is always worth it.

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        HashSet<FileMapping> seen = [];
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            if (seen.Count > 0)
            {
                // Only what was whole for a period: of a library that is being loaded, pages are about to be changed.
                ResidentPages.Drop(seen);
                seen = [];
            }

            if (!IsDue(GC.GetTotalAllocatedBytes()))
                continue;
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            _ = malloc_trim(0);
            seen = [.. ResidentPages.Unchanged()];
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

    [LibraryImport("libc")] private static partial int malloc_trim(nuint keep);
}
