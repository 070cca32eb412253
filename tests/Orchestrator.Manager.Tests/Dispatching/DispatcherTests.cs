using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Manager.Dispatching;
using Orchestrator.Model;
using Orchestrator.Testing;

namespace Orchestrator.Manager.Tests.Dispatching;

public sealed class DispatcherTests : IDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(2);

    private readonly World world = new();
    private readonly ManagerMetrics metrics = new();

    [Fact]
    public async Task A_new_leader_waits_twice_as_long_for_nodes_of_before_as_for_those_that_have_come_to_it()
    {
        world.Do(tx => tx.Clusters.Create(
            new Cluster { Id = new ClusterId("c"), Spec = new ClusterSpec { DispatcherHeartbeat = Period } }));
        world.Add(World.Node("before"), World.Node("came"));
        using var dispatcher = new Dispatcher(
            world.Store, new DispatcherOptions { MissedHeartbeats = 3 }, metrics, world.Time, new Random(1),
            NullLogger<Dispatcher>.Instance);
        var start = world.Now;
        using var stop = new CancellationTokenSource();
        var running = dispatcher.RunAsync(stop.Token);
        await dispatcher.RegisterAsync(new NodeId("came"), null, "192.0.2.1", "", default);

        await UntilDownAsync("came", start + (Period * 5));
        // One look marks all that are late, by name, this one first: it is not late.
        Assert.Equal(NodeState.Ready, world.NodeNow("before").Status.State);

        await UntilDownAsync("before", start + (Period * 7));
        await stop.CancelAsync();
        await Task.WhenAny(running);
    }

    public void Dispose() => metrics.Dispose();

    /// <summary>Moves the clock on to <paramref name="end"/>, and from there by next to nothing, so that a look which comes
    /// late finds no other time.</summary>
    private Task UntilDownAsync(string node, DateTimeOffset end) => Eventually.HoldsAsync(
        $"{node} is down", TimeSpan.FromSeconds(30),
        () =>
        {
            world.Time.Advance(world.Now < end ? Period / 2 : TimeSpan.FromMilliseconds(1));
            return Task.FromResult(world.NodeNow(node).Status.State == NodeState.Down);
        });
}
