using System.Net;
using FsCheck;
using FsCheck.Fluent;
using Orchestrator.Linux.Netlink;
using Orchestrator.Network.Overlays;
using Orchestrator.Testing;

namespace Orchestrator.Network.Tests.Overlays;

public sealed class FabricPlanTests
{
    [RootFact]
    public void After_any_churn_and_any_meddling_the_kernel_holds_exactly_the_endpoints_wanted()
    {
        var host = Path.Combine(Path.GetTempPath(), $"orch-test-fabric-{Guid.NewGuid():N}");
        using var ns = NetNamespace.CreatePinned(host);
        using var route = RouteSocket.Open(ns);
        route.SetUp("lo");
        var settings = new VxlanSettings(OverlayFabric.Vxlan, 4097, IPAddress.Parse("127.0.0.1"), 4789, 1450);
        var fabric = OverlayFabric.Open(host + "-overlay", route, settings, hasIPv6: true);
        try
        {
            Prop.ForAll(Gen.Choose(0, 1000).Select(Endpoints).NonEmptyListOf().ToArbitrary(), rounds =>
            {
                foreach (var wanted in rounds)
                {
                    var plan = fabric.Plan(wanted);
                    fabric.Change(plan.Additions);
                    fabric.Change(plan.Removals);
                    if (!Expected(wanted).SetEquals(fabric.Entries().Select(e => e with { Index = 0 })))
                        return false;
                    Meddle(fabric, wanted.Count);
                }

                return true;
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(40));
        }
        finally
        {
            fabric.Dispose();
            NetNamespace.Unpin(host + "-overlay");
            NetNamespace.Unpin(host);
        }
    }

    [Fact]
    public void What_is_as_wanted_needs_no_change()
    {
        var wanted = Endpoints(5);

        var plan = FabricPlan.Between(0, [.. Expected(wanted)], wanted);

        Assert.Empty(plan.Additions);
        Assert.Empty(plan.Removals);
    }

    [Fact]
    public void An_address_that_moved_to_another_node_is_one_replacement_and_no_removal()
    {
        var there = new RemoteEndpoint(IPAddress.Parse("10.0.1.3"), new MacAddress(1), IPAddress.Parse("192.0.2.1"));
        var moved = there with { Vtep = IPAddress.Parse("192.0.2.2") };

        var plan = FabricPlan.Between(9, [.. Expected([there])], [moved]);

        Assert.Equal(new NeighbourChange.PutRemote(9, moved.Mac, moved.Vtep), Assert.Single(plan.Additions));
        Assert.Empty(plan.Removals);
    }

    /// <summary>Somebody deletes one entry and adds another by hand.</summary>
    private static void Meddle(OverlayFabric fabric, int seed)
    {
        var entries = fabric.Entries().ToList();
        if (entries.Count == 0)
            return;
        var victim = entries[seed % entries.Count];
        fabric.Change(
        [
            victim.Address is { } address
                ? new NeighbourChange.DropAnswer(victim.Index, address)
                : victim.OfMaster
                    ? new NeighbourChange.DropPort(victim.Index, victim.Mac)
                    : new NeighbourChange.DropTunnel(victim.Index, victim.Mac),
            new NeighbourChange.PutRemote(victim.Index, new MacAddress(0x0242_0a63_0000 + seed),
                IPAddress.Parse("192.0.2.99")),
        ]);
    }

    private static HashSet<NeighbourInfo> Expected(IEnumerable<RemoteEndpoint> wanted) => [.. wanted.SelectMany(w => new[]
    {
        new NeighbourInfo(0, w.Mac, null, w.Vtep, OfMaster: false),
        new NeighbourInfo(0, w.Mac, null, null, OfMaster: true),
        new NeighbourInfo(0, w.Mac, w.Address, null, OfMaster: false),
    })];

    private static List<RemoteEndpoint> Endpoints(int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(2, 40).Where(_ => random.Next(2) == 0).SelectMany(n => RemoteEndpoint.From(
            new OverlayEndpoint
            {
                TaskId = "", Name = "", Ip = $"10.0.1.{n}", Ip6 = $"fd01::{n}", NodeVtep = $"192.0.2.{random.Next(1, 5)}",
            }))];
    }
}
