using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using Orchestrator.Linux.Netlink;
using Orchestrator.Linux.Nftables;
using Orchestrator.Network.Balancing;
using Orchestrator.Network.Hosting;
using Orchestrator.Testing;

namespace Orchestrator.Network.Tests.Balancing;

public sealed class BalancerTableTests
{
    [RootFact]
    public void However_services_and_tasks_come_and_go_the_kernel_holds_what_a_table_made_at_once_would()
    {
        using var changed = new Scratch();
        using var stated = new Scratch();
        Prop.ForAll(Gen.Choose(0, 7).Select(Model).ListOf().ToArbitrary(), models =>
        {
            var current = BalancerModel.Empty;
            Nft.Apply(changed.Namespace, BalancerTable.Replace(IpFamily.V4, current));
            foreach (var next in models)
            {
                if (current.Vips.IsEmpty || next.Vips.IsEmpty)
                    Nft.Apply(changed.Namespace, BalancerTable.Replace(IpFamily.V4, next));
                else
                    Nft.Apply(changed.Namespace, BalancerTable.Change(IpFamily.V4, current, next));
                current = next;
            }

            Nft.Apply(stated.Namespace, BalancerTable.Replace(IpFamily.V4, current));
            return Nft.List(stated.Namespace, "list ruleset") == Nft.List(changed.Namespace, "list ruleset");
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(15));
    }

    private static BalancerModel Model(int seed)
    {
        var random = new Random(seed);
        return new BalancerModel(Enumerable.Range(2, random.Next(0, 4)).ToImmutableSortedDictionary(
            vip => $"10.0.1.{vip}",
            vip => SlotTable.Fill(Enumerable.Range(0, random.Next(0,
                5)).Select(n => $"10.0.1.{100 + random.Next(20)}"), "c"),
            StringComparer.Ordinal));
    }

    private sealed class Scratch : IDisposable
    {
        private readonly string path = Path.Combine(Path.GetTempPath(), $"orch-test-lb-{Guid.NewGuid():N}");

        public Scratch() => Namespace = NetNamespace.CreatePinned(path);

        public NetNamespace Namespace { get; }

        public void Dispose()
        {
            Namespace.Dispose();
            NetNamespace.Unpin(path);
        }
    }
}
