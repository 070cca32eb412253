using FsCheck;
using FsCheck.Fluent;
using Orchestrator.Network.Balancing;
using Orchestrator.Network.Hosting;

namespace Orchestrator.Network.Tests.Balancing;

public sealed class SlotTableTests
{
    [Fact]
    public void Every_backend_has_its_share_give_or_take_one_slot() => Prop.ForAll(Counts, count =>
    {
        var slots = SlotTable.Fill(Backends(count), "client");
        var shares = slots.CountBy(s => s).Select(p => p.Value).ToList();

        return slots.Length == SlotTable.Size && shares.Count == Math.Min(count, SlotTable.Size)
            && shares.Max() - shares.Min() <= 1;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_backend_that_leaves_moves_few_slots_of_the_others() => Prop.ForAll(Counts.Filter(c => c is > 2 and <= 32), count =>
    {
        var (before, after) = (SlotTable.Fill(Backends(count), "client"), SlotTable.Fill(Backends(count).Skip(1),
            "client"));
        var moved = before.Zip(after).Count(p => p.First != p.Second && p.First != Backends(count).First());

        return moved <= SlotTable.Size / 2;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_order_of_the_backends_does_not_matter() =>
        Assert.Equal(SlotTable.Fill(Backends(7), "c").AsEnumerable(), SlotTable.Fill(Backends(7).Reverse(), "c"));

    [Fact]
    public void With_more_backends_than_slots_different_clients_use_different_ones() =>
        Assert.Equal(200, Enumerable.Range(0, 40).SelectMany(c => SlotTable.Fill(Backends(200),
            $"client{c}")).Distinct().Count());

    [Theory]
    [InlineData(false, 100)]
    [InlineData(true, SlotTable.Size)]
    public void Of_more_tasks_than_slots_all_get_clients_of_the_mesh_but_where_each_client_is_to_keep_its_own(bool isSticky, int used)
    {
        var port = new IngressPort("tcp", 8080, 80, "s1", [.. Backends(100)]) { IsSticky = isSticky };
        var tables = Enumerable.Range(2, 20)
            .Select(node => IngressTable.Replace(IpFamily.V4, new IngressModel($"10.1.0.{node}", [port]))).ToList();

        Assert.Equal(used, Backends(100).Count(b => tables.Exists(t => t.Contains($": {b} . 80", StringComparison.Ordinal))));
        Assert.Equal(isSticky, tables.Distinct().Count() == 1);
    }

    [Fact]
    public void No_backends_no_slots() => Assert.Empty(SlotTable.Fill([], "client"));

    private static Arbitrary<int> Counts { get; } = Gen.Choose(1, 100).ToArbitrary();

    private static IEnumerable<string> Backends(int count) => Enumerable.Range(1, count).Select(n => $"10.0.{n / 250}.{n % 250}");
}
