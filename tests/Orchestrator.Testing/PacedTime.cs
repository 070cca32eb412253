namespace Orchestrator.Testing;

/// <summary>A clock that goes with the real one but stands still while this process does: deadlines between its own parts are
/// not missed because the machine was busy with something else.</summary>
public sealed class PacedTime : TimeProvider, IAsyncDisposable
{
    /// <summary>More than this is never let pass at once.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(20);

    private readonly ManualTime clock = new(DateTimeOffset.UtcNow);
    private readonly CancellationTokenSource stop = new();
    private readonly Task running;

    public PacedTime() => running = Task.Run(RunAsync);

    public override long TimestampFrequency => clock.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => clock.GetUtcNow();

    public override long GetTimestamp() => clock.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        // As with real timers: what one starts holds up no other.
        clock.CreateTimer(s => ThreadPool.QueueUserWorkItem(_ => callback(s)), state, dueTime, period);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await running;
        stop.Dispose();
    }

    private async Task RunAsync()
    {
        var last = System.GetTimestamp();
        while (!stop.IsCancellationRequested)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), System, CancellationToken.None);
            var passed = System.GetElapsedTime(last);
            last = System.GetTimestamp();
            clock.Advance(passed < Longest ? passed : Longest);
        }
    }
}
