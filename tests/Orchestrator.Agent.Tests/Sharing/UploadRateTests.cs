using Orchestrator.Agent.Sharing;
using Orchestrator.Testing;

namespace Orchestrator.Agent.Tests.Sharing;

public sealed class UploadRateTests
{
    [Fact]
    public async Task Ten_seconds_let_through_what_ten_seconds_may_however_many_ask()
    {
        var time = new ManualTime();
        var rate = new UploadRate(1_000_000, time);
        var sent = 0;
        using var end = new CancellationTokenSource();
        var senders = Enumerable.Range(0, 5).Select(_ => SendAsync()).ToArray();

        for (var step = 0; step < 1000; step++)
        {
            time.Advance(TimeSpan.FromMilliseconds(10));
            await Task.Yield();
        }

        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.WhenAll(senders));
        Assert.InRange(sent, 1, 10_000_000 + 50_000 + (6 * 100_000));

        async Task SendAsync()
        {
            while (true)
            {
                await rate.TakeAsync(100_000, end.Token);
                Interlocked.Add(ref sent, 100_000);
            }
        }
    }

    [Fact]
    public async Task Who_has_sent_nothing_for_a_while_may_send_at_once()
    {
        var rate = new UploadRate(1000, new ManualTime());

        var first = rate.TakeAsync(10_000, default);

        Assert.True(first.IsCompletedSuccessfully);
        await first;
        using var end = new CancellationTokenSource();
        var second = rate.TakeAsync(1, end.Token).AsTask();
        Assert.False(second.IsCompleted);
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
    }
}
