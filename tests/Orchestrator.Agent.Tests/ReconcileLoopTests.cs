using Orchestrator.Testing;

namespace Orchestrator.Agent.Tests;

public sealed class ReconcileLoopTests : IAsyncDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource stop = new();
    private readonly ManualTime time = new();
    private readonly List<Exception> failures = [];
    private readonly TaskCompletionSource[] rounds = [new(), new(), new()];
    private readonly List<int> seen = [];
    private readonly ReconcileLoop loop;
    private readonly Task running;
    private int wanted;

    public ReconcileLoopTests()
    {
        loop = new ReconcileLoop(
            async cancellationToken =>
            {
                seen.Add(wanted);
                await rounds[seen.Count - 1].Task.WaitAsync(cancellationToken);
            },
            failures.Add, time);
        running = loop.RunAsync(stop.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.Dispose();
    }

    [Fact]
    public async Task What_is_overtaken_while_a_round_is_under_way_is_never_made_so()
    {
        var first = Want(1);
        await SeenAsync(1);

        var last = first;
        for (var value = 2; value <= 51; value++)
            last = Want(value);
        rounds[0].SetResult();
        await first.WaitAsync(Soon);
        rounds[1].SetResult();
        await last.WaitAsync(Soon);
        await Task.Delay(50);

        Assert.Equal([1, 51], seen);
    }

    [Fact]
    public async Task Who_asks_during_a_round_waits_for_the_next()
    {
        _ = Want(1);
        await SeenAsync(1);

        var asked = Want(2);
        rounds[0].SetResult();
        await SeenAsync(2);

        Assert.False(asked.IsCompleted);
        rounds[1].SetResult();
        await asked.WaitAsync(Soon);
    }

    [Fact]
    public async Task A_round_that_failed_is_told_and_followed_by_another()
    {
        rounds[0].SetException(new IOException("no space"));
        rounds[1].SetResult();

        _ = Want(1);
        await Eventually.HoldsAsync("another round follows", Soon, () =>
        {
            time.Advance(ReconcileLoop.RetryAfter);
            return Task.FromResult(seen.Count == 2);
        });

        Assert.Equal("no space", Assert.Single(failures).Message);
    }

    private Task Want(int value)
    {
        wanted = value;
        return loop.Ask();
    }

    private Task SeenAsync(int value) =>
        Eventually.HoldsAsync($"{value} is made so", Soon, () => Task.FromResult(seen.Contains(value)));
}
