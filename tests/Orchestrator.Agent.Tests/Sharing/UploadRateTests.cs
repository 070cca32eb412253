using Orchestrator.Agent.Sharing;
using Orchestrator.Testing;

namespace Orchestrator.Agent.Tests.Sharing;

public sealed class UploadRateTests
{
    [Fact]
    public async Task Five_seconds_let_through_what_five_seconds_may_however_many_ask()
    {
        var time = new ManualTime();
        var rate = new UploadRate(1_000_000, time);
        using var end = new CancellationTokenSource();
        // The first may go at once, each other a tenth of a second after the one before.
        var takes = Enumerable.Range(0, 101).Select(_ => rate.TakeAsync(100_000, end.Token).AsTask()).ToArray();

        time.Advance(TimeSpan.FromSeconds(5));

        await Task.WhenAll(takes[..50]);
        Assert.All(takes[55..], take => Assert.False(take.IsCompleted));
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.WhenAll(takes));
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
