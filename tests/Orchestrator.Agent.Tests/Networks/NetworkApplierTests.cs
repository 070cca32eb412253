using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Orchestrator.Agent.Networks;
using Orchestrator.Network;
using Orchestrator.Testing;

namespace Orchestrator.Agent.Tests.Networks;

public sealed class NetworkApplierTests
{
    private static readonly TimeSpan Resync = TimeSpan.FromHours(1);
    private static readonly ClusterView View = new("192.0.2.1");

    private readonly ManualTime time = new();
    private readonly ConcurrentQueue<DateTimeOffset> tries = [];
    private readonly Told told = new();
    private volatile string[] faults = [];
    private volatile bool throws;

    [Fact]
    public async Task A_fault_is_told_once_when_it_begins_and_once_when_it_ends()
    {
        var applier = Open();
        faults = ["port 80 is held", "port 81 is held"];
        await ApplyAsync(applier, 3);
        faults = ["port 81 is held", "port 82 is held"];
        await ApplyAsync(applier, 2);
        throws = true;
        await ApplyAsync(applier, 2);
        (throws, faults) = (false, []);
        await ApplyAsync(applier, 2);

        Assert.Equal(
            [
                "network: port 80 is held", "network: port 81 is held",
                "network: port 82 is held", "network: no more: port 80 is held",
                "network: the cluster's networks could not be applied; another try follows",
                "network: the cluster's networks could be applied again",
                "network: no more: port 81 is held", "network: no more: port 82 is held",
            ], told.Lines);
    }

    [Fact]
    public async Task What_stays_wrong_is_tried_less_and_less_often_and_a_new_view_soon_again()
    {
        var applier = Open();
        faults = ["port 80 is held"];
        using var stop = new CancellationTokenSource();
        var running = applier.RunAsync(stop.Token);

        await applier.ApplyAsync(View, default);
        var first = await GapsAsync(8);
        await applier.ApplyAsync(View with { NodeVtep = "192.0.2.2" }, default);
        var again = await GapsAsync(1);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        // A clock that moved before the loop asked for its next try moves once more.
        var most = TimeSpan.FromSeconds(30);
        Assert.InRange(first[0], TimeSpan.FromSeconds(1), most);
        Assert.All(first[^2..], gap => Assert.InRange(gap, most, Resync));
        Assert.InRange(again[0], TimeSpan.FromSeconds(1), most);
    }

    private NetworkApplier Open() => new(
        (_, _) =>
        {
            tries.Enqueue(time.GetUtcNow());
            return throws ? throw new IOException("no netlink today") : Task.FromResult(new ClusterReport([.. faults]));
        },
        Resync, time, told);

    private static async Task ApplyAsync(NetworkApplier applier, int times)
    {
        for (var i = 0; i < times; i++)
            await applier.ApplyAsync(View, default);
    }

    /// <summary>Lets time pass until as many further tries were made.</summary>
    private async Task<TimeSpan[]> GapsAsync(int count)
    {
        var made = tries.Count;
        await Eventually.HoldsAsync("tries", TimeSpan.FromSeconds(60), async () =>
        {
            for (var i = 0; i < 10 && tries.Count < made + count; i++)
            {
                time.Advance(TimeSpan.FromSeconds(1));
                await Task.Delay(20);
            }

            return tries.Count >= made + count;
        });
        var all = tries.ToArray()[(made - 1)..];
        return [.. all.Zip(all.Skip(1), (one, next) => next - one)];
    }

    private sealed class Told : ILogger<NetworkApplier>
    {
        public ConcurrentQueue<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Enqueue(formatter(state, exception));
    }
}
