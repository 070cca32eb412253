using System.Threading.Channels;
using Orchestrator.Agent.Networks;
using Orchestrator.Testing;

namespace Orchestrator.Agent.Tests;

public sealed class UnderlayWatchTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    [Fact]
    public async Task A_look_that_failed_is_told_of_and_followed_by_another()
    {
        var time = new ManualTime();
        var looks = Channel.CreateUnbounded<int>();
        var told = new List<string>();
        var count = 0;
        var watch = new UnderlayWatch(
            Interval, time,
            _ =>
            {
                looks.Writer.TryWrite(++count);
                return count == 1 ? throw new IOException("no netlink today") : Task.CompletedTask;
            },
            e => told.Add(e.Message));
        using var stop = new CancellationTokenSource();
        var running = watch.RunAsync(stop.Token);

        var seen = new[] { await NextAsync(), await NextAsync(), await NextAsync() };
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Equal([1, 2, 3], seen);
        Assert.Equal(["no netlink today"], told);

        // The loop asks for its next look in its own time; a clock that moves before that only moves once more.
        async Task<int> NextAsync()
        {
            await Eventually.HoldsAsync("a look", TimeSpan.FromSeconds(30), () =>
            {
                if (looks.Reader.Count == 0)
                    time.Advance(Interval);
                return Task.FromResult(looks.Reader.Count > 0);
            });
            return await looks.Reader.ReadAsync();
        }
    }
}
