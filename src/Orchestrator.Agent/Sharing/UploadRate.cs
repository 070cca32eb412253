namespace Orchestrator.Agent.Sharing;

/// <summary>Holds what this node gives to others, all together, to so many bytes per second.</summary>
public sealed class UploadRate(long bytesPerSecond, TimeProvider time)
{
    /// <summary>What has not been used of so long may be made up for.</summary>
    private static readonly TimeSpan Burst = TimeSpan.FromMilliseconds(50);

    private readonly Lock gate = new();
    private long free = time.GetTimestamp();

    /// <summary>Zero: this node gives nothing.</summary>
    public long BytesPerSecond => bytesPerSecond;

    /// <summary>Waits until so many bytes may be sent; who asks first is served first.</summary>
    public async ValueTask TakeAsync(int bytes, CancellationToken cancellationToken)
    {
        long wait;
        lock (gate)
        {
            var now = time.GetTimestamp();
            free = Math.Max(free, now - Ticks(Burst.TotalSeconds));
            wait = free - now;
            free += Ticks((double)bytes / bytesPerSecond);
        }

        if (wait > 0)
            await Task.Delay(TimeSpan.FromSeconds((double)wait / time.TimestampFrequency), time, cancellationToken)
                .ConfigureAwait(false);
    }

    private long Ticks(double seconds) => (long)(seconds * time.TimestampFrequency);
}
