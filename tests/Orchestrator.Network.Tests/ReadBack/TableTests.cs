using System.Collections.Immutable;
using System.Net;
using FsCheck;
using FsCheck.Fluent;
using Orchestrator.Linux.Netlink;
using Orchestrator.Linux.Nftables;
using Orchestrator.Network.Balancing;
using Orchestrator.Network.Bridging;
using Orchestrator.Network.Hosting;
using Orchestrator.Network.Overlays;
using Orchestrator.Network.Policing;
using Orchestrator.Network.Returning;
using Orchestrator.Network.Underlays;
using Orchestrator.Testing;

namespace Orchestrator.Network.Tests.ReadBack;

/// <summary>What a model says is what <c>nft -j</c> reads back of the table that was made of it.</summary>
public sealed class TableTests
{
    private static readonly Config Few = Config.QuickThrowOnFailure.WithMaxTest(8);

    private static Arbitrary<Random> Seeds => Gen.Choose(0, int.MaxValue).Select(seed => new Random(seed)).ToArbitrary();

    [RootFact]
    public void Published_ports_lead_to_their_tasks_in_the_kernels_own_words()
    {
        using var space = new Space();
        Prop.ForAll(Seeds, random =>
        {
            var family = IpFamily.Both[random.Next(2)];
            var ports = Enumerable.Range(0, random.Next(1, 5)).Select(i => new IngressPort(
                random.Next(2) == 0 ? "tcp" : "udp", 8000 + i, 80 + i, $"s{i}",
                [.. Enumerable.Range(0, random.Next(4)).SelectMany(n => new[] { $"10.0.0.{10 + n}", $"fd00::a00:{10 + n}" })])
            {
                IsSticky = random.Next(2) == 0, Masquerades = random.Next(2) == 0,
            }).ToList();
            var model = new IngressModel("10.0.0.2", [.. ports]);

            Nft.Apply(space.Namespace, IngressTable.Replace(family, model));

            Assert.Equal(Sorted(ports.Select(p => $"{p.Protocol} . {p.PublishedPort}")), space.Elements(family.Table, IngressTable.Name, "published"));
            Assert.Equal(
                Sorted(ports.Where(p => p.IsSticky).Select(p => $"{p.Protocol} . {p.PublishedPort}")),
                space.Elements(family.Table, IngressTable.Name, "sticky"));
            Assert.Equal(
                Sorted(ports.Where(p => p is { Masquerades: true, Protocol: "udp" }).Select(p => $"{p.PublishedPort}")),
                space.Elements(family.Table, IngressTable.Name, "masked_udp"));
            var slots = space.Elements(family.Table, IngressTable.Name, "backends");
            Assert.Equal(
                Sorted(ports.SelectMany(p => SlotTable.Fill(p.Backends.Where(b => IpFamily.Of(b) == family), model.SeedOf(p))
                    .Select((b, slot) => $"{p.Protocol} . {p.PublishedPort} . {slot} : {b} . {p.TargetPort}"))), slots);
        }).Check(Few);
    }

    [RootFact]
    public void However_a_policy_changes_the_kernel_holds_what_it_says()
    {
        using var space = new Space();
        var current = Policy(new Random(1));
        Nft.Apply(space.Namespace, PolicyTable.Replace(current));
        Prop.ForAll(Seeds, random =>
        {
            var next = Policy(random);
            Nft.Apply(space.Namespace, PolicyTable.Change(current, next));
            current = next;

            Assert.Equal(Sorted(next.Allowed.Select(Text)), space.Elements("inet", PolicyTable.Name, "allowed"));
            Assert.Equal(Sorted(next.Allowed6.Select(Text)), space.Elements("inet", PolicyTable.Name, "allowed6"));
        }).Check(Few);
    }

    [RootFact]
    public void The_guard_of_ports_that_came_and_went_is_what_all_that_are_there_stated_at_once_are()
    {
        using var changed = new Space();
        using var stated = new Space();
        foreach (var space in new[] { changed, stated })
            foreach (var n in Enumerable.Range(2, 7))
                space.Route.CreateVeth(
                    new VethSettings($"v{n}", $"p{n}", new MacAddress(0x020000000000 + n), 1500, 0, ""), space.Namespace);
        Prop.ForAll(Seeds, random =>
        {
            // One is led past always: the table at the bridge comes with the first.
            Dictionary<string, OverlayPort> Some() => Enumerable.Range(2, 6).Where(_ => random.Next(2) == 0)
                .Select(n => Port(n, random)).Append(Port(8, random) with { IsLedPast = true }).ToDictionary(p => p.Link);
            var (from, to) = (Some(), Some());

            Nft.Apply(changed.Namespace, GuardTable.Replace(from.Values));
            foreach (var link in from.Keys.Union(to.Keys))
                Nft.Apply(changed.Namespace, GuardTable.Change(from.GetValueOrDefault(link), to.GetValueOrDefault(link)));
            Nft.Apply(stated.Namespace, GuardTable.Replace(to.Values));

            foreach (var table in new[] { GuardTable.Id, GuardTable.BridgeId })
                Assert.Equal(Chains(stated, table), Chains(changed, table));
            Assert.Equal(to.Count, Chains(stated, GuardTable.Id).Count);
            var led = changed.Elements("bridge", GuardTable.Name, "led");
            Assert.Equal(stated.Elements("bridge", GuardTable.Name, "led"), led);
            Assert.Equal(to.Values.Count(p => p.IsLedPast), led.Count);
        }).Check(Few);

        static List<string> Chains(Space space, TableId table) =>
            Sorted(Nft.List(space.Namespace, $"list {table}").Split("\tchain ")[1..].Select(c => c.TrimEnd('}', '\n', '\t')));
    }

    [RootFact]
    public void Neighbours_come_and_go_one_by_one_and_are_what_all_of_them_stated_at_once_are()
    {
        using var one = new Space();
        using var all = new Space();
        Prop.ForAll(Seeds, random =>
        {
            var ports = Enumerable.Range(2, random.Next(1, 6)).Select(n => new GuardedPort(
                $"v{n}", MacAddress.Derive(IPAddress.Parse($"10.0.1.{n}")),
                random.Next(2) == 0 ? [$"10.0.1.{n}"] : [$"10.0.1.{n}", $"fd01::a00:10{n}"])).ToList();
            Neighbourhood Of(IEnumerable<GuardedPort> some) =>
                new("1a", ["10.0.1.1", "fd01::1"], MacAddress.Derive(IPAddress.Parse("10.0.1.1")), [.. some]);

            Nft.Apply(one.Namespace, NeighbourTable.Replace([Of(ports[..1])]));
            foreach (var port in ports)
                Nft.Apply(one.Namespace, NeighbourTable.Add("1a", port));
            Nft.Apply(all.Namespace, NeighbourTable.Replace([Of(ports)]));

            Assert.Equal(Sorted(ports.Select(p => p.Link)), one.Elements("bridge", NeighbourTable.Name, "ports").Select(e => e.Split(' ')[0]));
            Assert.Equal(
                Sorted(ports.Select(p => p.Addresses.First()).Append("10.0.1.1")),
                one.Elements("bridge", NeighbourTable.Name, "addresses_1a"));
            foreach (var set in new[]
                { "cards", "owners", "owners6", "advertisers", "macs_1a", "addresses6_1a", "fours", "sixes", "ports" })
                Assert.Equal(all.Elements("bridge", NeighbourTable.Name, set), one.Elements("bridge", NeighbourTable.Name, set));

            foreach (var port in ports)
                Nft.Apply(one.Namespace, NeighbourTable.Remove("1a", port));
            foreach (var set in new[] { "cards", "owners", "owners6", "advertisers", "fours", "sixes", "ports" })
                Assert.Empty(one.Elements("bridge", NeighbourTable.Name, set));
            Assert.Equal(["10.0.1.1"], one.Elements("bridge", NeighbourTable.Name, "addresses_1a"));
        }).Check(Few);
    }

    [RootFact]
    public void Each_nodes_hardware_address_stands_for_its_mark_on_the_way_back()
    {
        using var space = new Space();
        Prop.ForAll(Seeds, random =>
        {
            var family = IpFamily.Both[random.Next(2)];
            var nodes = Enumerable.Range(2, random.Next(1, 20))
                .Select(n => IPAddress.Parse(family.IsIPv6 ? $"fd00::a00:{n:x}" : $"10.0.0.{n}")).ToImmutableArray();
            var model = new ReturnFamily(family, [family.IsIPv6 ? "fd00::/64" : "10.0.0.0/24"], null, nodes);

            Nft.Apply(space.Namespace, ReturnTable.Replace("eth0", model));

            Assert.Equal(
                Sorted(model.Ways("eth0").Select(w => $"{w.Mac} : {w.Mark}")), space.Elements(family.Table, ReturnTable.Name, "nodes"));
        }).Check(Few);
    }

    [RootFact]
    public void A_virtual_address_is_known_with_each_of_its_slots()
    {
        using var space = new Space();
        Prop.ForAll(Seeds, random =>
        {
            var model = new BalancerModel(Enumerable.Range(2, random.Next(1, 4)).ToImmutableSortedDictionary(
                vip => $"10.0.1.{vip}",
                vip => SlotTable.Fill(Enumerable.Range(0, random.Next(0, 4)).Select(n => $"10.0.1.{100 + n}"), "c"), StringComparer.Ordinal));

            Nft.Apply(space.Namespace, BalancerTable.Replace(IpFamily.V4, model));

            Assert.Equal(
                Sorted(model.Vips.SelectMany(s => s.Value.Select((backend, slot) => $"{s.Key} . {slot} : {backend}"))),
                space.Elements("ip", BalancerTable.Name, "backends"));
        }).Check(Few);
    }

    [RootFact]
    public void However_tables_change_the_kernel_holds_what_each_stated_at_once_would()
    {
        using var changed = new Space();
        using var stated = new Space();
        void Check<T>(T[] models, Func<T, string> replace, Func<T, T, NftBatch> change)
        {
            Nft.Apply(changed.Namespace, replace(models[0]));
            foreach (var (from, to) in models.Zip(models.Skip(1)))
                Nft.Apply(changed.Namespace, change(from, to));
            Nft.Apply(stated.Namespace, replace(models[^1]));
            Assert.Equal(Nft.List(stated.Namespace, "list ruleset"), Nft.List(changed.Namespace, "list ruleset"));
        }

        Prop.ForAll(Seeds, random =>
        {
            var family = IpFamily.Both[random.Next(2)];
            T[] Three<T>(Func<T> one) => [.. Enumerable.Range(0, 3).Select(_ => one())];
            Check(Three(() => Ingress(random)), model => IngressTable.Replace(family, model), (from, to) => IngressTable.Change(family, from, to));
            Check(
                Three(() => Underlay(random)), model => HostTable.Replace(family, [], [], [2377], model, 4789),
                (from, to) => HostTable.Change(family, from, to));
            Check(Three(() => Return(random)), model => ReturnTable.Replace("eth0", model), (from, to) => ReturnTable.Change("eth0", from, to));
            Check(
                Three(() => Published(random)), ports => HostTable.Replace(IpFamily.V4, [], ports, [2377], UnderlayModel.None, 4789),
                (from, to) => HostTable.Change(IpFamily.V4, from, to));
        }).Check(Few);
    }

    private static IngressModel Ingress(Random random) => new($"10.0.0.{random.Next(2, 4)}",
    [
        .. Enumerable.Range(1, 4).Where(_ => random.Next(2) == 0).Select(n => new IngressPort(
            random.Next(2) == 0 ? "tcp" : "udp", 8000 + n, 80 + n, $"s{n}",
            [.. Enumerable.Range(0, random.Next(4)).SelectMany(b => new[] { $"10.0.0.{10 + b}", $"fd00::a00:{10 + b}" })])
        {
            IsSticky = random.Next(2) == 0, Masquerades = random.Next(2) == 0,
        }),
    ]);

    private static OverlayPort Port(int n, Random random) => new(
        random.Next(1, 3), new GuardedPort(
            $"v{n}", MacAddress.Derive(IPAddress.Parse($"10.0.1.{n}")),
            random.Next(2) == 0 ? [$"10.0.1.{n}"] : [$"10.0.1.{n}", $"10.0.2.{n}", $"fd01::a00:10{n}"]),
        IsLedPast: random.Next(3) == 0, random.Next(3) == 0 ? ["10.0.1.0/24", "fd01::/64"] : []);

    private static UnderlayModel Underlay(Random random) => new(
        [.. Enumerable.Range(4096, 5).Where(vni => vni == 4096 || random.Next(2) == 0)],
        [
            .. Enumerable.Range(2, 5).Where(_ => random.Next(2) == 0)
                .Select(n => IPAddress.Parse(random.Next(2) == 0 ? $"192.168.0.{n}" : $"fd02::{n}")),
        ],
        ["br1"], Uplink: 1000);

    private static ReturnFamily Return(Random random) => new(
        IpFamily.V4, ["10.0.0.0/24"], "172.18.0.3",
        [.. Enumerable.Range(2, 6).Where(n => n == 2 || random.Next(2) == 0).Select(n => IPAddress.Parse($"10.0.0.{n}"))]);

    private static List<HostPort> Published(Random random) =>
    [
        .. Enumerable.Range(1, 5).Where(_ => random.Next(2) == 0).Select(n => new HostPort(
            new PortBinding(random.Next(2) == 0 ? "127.0.0.1" : "", 8000 + n, 80, new[] { "tcp", "udp", "sctp" }[random.Next(3)]),
            $"172.18.0.{n}")),
    ];

    private static PolicyModel Policy(Random random)
    {
        // As PortsAllowed makes them: ranges of one pair and protocol that do not touch.
        ImmutableHashSet<Opening> Some(string own, string other) =>
        [
            .. Enumerable.Range(2, 4).Where(_ => random.Next(2) == 0).SelectMany(n => Enumerable.Range(1, 3)
                .Where(_ => random.Next(2) == 0).Select(p => new Opening(
                    own, $"{other}{n}", new PortsAllowed("tcp", p * 1000, (p * 1000) + (random.Next(2) * 99))))),
        ];
        return new PolicyModel(["eth0"], Some("10.0.1.5", "10.0.1."), Some("fd01::5", "fd01::"));
    }

    private static string Text(Opening opening) => $"{opening.Own} . {opening.Other} . {opening.Ports.Protocol} . "
        + (opening.Ports.First == opening.Ports.Last ? $"{opening.Ports.First}" : $"{opening.Ports.First}-{opening.Ports.Last}");

    private static List<string> Sorted(IEnumerable<string> elements) => [.. elements.Order(StringComparer.Ordinal)];
}
