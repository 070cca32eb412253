using System.Net;
using FsCheck;
using FsCheck.Fluent;
using Orchestrator.Linux.Netlink;
using Orchestrator.Network.Returning;
using Orchestrator.Testing;

namespace Orchestrator.Network.Tests.ReadBack;

/// <summary>What is programmed by netlink is what iproute2 reads back, and what we list ourselves.</summary>
public sealed class LinkStateTests
{
    private static readonly Config Few = Config.QuickThrowOnFailure.WithMaxTest(12);

    [RootFact]
    public void Neighbours_of_both_families_and_forwarding_entries_are_read_back_as_they_were_put()
    {
        using var space = new Space();
        Prop.ForAll(Gen.Choose(2, 250).NonEmptyListOf().ToArbitrary(), numbers =>
        {
            var hosts = numbers.Distinct().Select(n => (Mac: new MacAddress(0x0242_0a00_0000 + n),
                Four: IPAddress.Parse($"10.0.0.{n}"), Six: IPAddress.Parse($"fd00::a00:{n:x}"), Vtep: IPAddress.Parse($"192.0.2.{n}"))).ToList();
            space.Route.Change(hosts.SelectMany(h => new NeighbourChange[]
            {
                new NeighbourChange.PutRemote(space.Vxlan, h.Mac, h.Vtep), new NeighbourChange.PutAnswer(space.Vxlan, h.Four, h.Mac),
                new NeighbourChange.PutAnswer(space.Vxlan, h.Six, h.Mac),
            }));
            var neighbours = new[] { "-4", "-6" }.SelectMany(f => space.Read("ip", "-j", f, "neigh", "show", "dev", "vx0", "nud", "permanent"))
                .Select(n => $"{n["dst"]} {n["lladdr"]}").Order(StringComparer.Ordinal).ToList();
            var tunnels = space.Read("bridge", "-j", "fdb", "show", "dev", "vx0").Where(f => f["dst"] is not null)
                .Select(f => $"{f["mac"]} {f["dst"]}").Order(StringComparer.Ordinal).ToList();
            var own = space.Route.ListStatic(space.Vxlan);

            space.Route.Change(hosts.SelectMany(h => new NeighbourChange[]
            {
                new NeighbourChange.DropTunnel(space.Vxlan, h.Mac), new NeighbourChange.DropPort(space.Vxlan, h.Mac),
                new NeighbourChange.DropAnswer(space.Vxlan, h.Four), new NeighbourChange.DropAnswer(space.Vxlan, h.Six),
            }));

            Assert.Equal(
                hosts.SelectMany(h => new[] { $"{h.Four} {h.Mac}", $"{h.Six} {h.Mac}" }).Order(StringComparer.Ordinal), neighbours);
            Assert.Equal(hosts.Select(h => $"{h.Mac} {h.Vtep}").Order(StringComparer.Ordinal), tunnels);
            Assert.Equal(hosts.Count * 4, own.Count);
            Assert.Empty(space.Route.ListStatic(space.Vxlan));
        }).Check(Few);
    }

    [RootFact]
    public void Routes_of_both_families_are_read_back_as_they_were_put()
    {
        using var space = new Space();
        Prop.ForAll(Gen.Choose(0, int.MaxValue).Select(seed => RouteOf(new Random(seed), space.Bridge)).ToArbitrary(), route =>
        {
            space.Route.PutRoute(route, RoutePut.Add);
            var shown = space.Read("ip", "-j", route.IsIPv6 ? "-6" : "-4", "-d", "route", "show", "table", $"{route.Table}").Single();
            var listed = space.Route.ListRoutes(route.IsIPv6).Where(r => r.Table == route.Table).ToList();
            space.Route.DeleteRoute(route);

            Assert.Equal(Words(route), string.Join(' ',
                shown["type"] ?? "unicast", shown["dst"]!.ToString(), shown["gateway"] ?? "-", shown["metric"] ?? 0,
                shown["metrics"]?[0]?["mtu"] ?? 0));
            Assert.Equal(Words(route), Words(Assert.Single(listed)));
            Assert.Empty(space.Read("ip", "-j", route.IsIPv6 ? "-6" : "-4", "route", "show", "table", $"{route.Table}"));
        }).Check(Few);
    }

    [RootFact]
    public void The_way_back_to_a_node_is_read_back_as_a_rule_of_its_mark_and_a_table_of_its_own()
    {
        using var space = new Space();
        Prop.ForAll(Gen.Choose(2, 250).SelectMany(n => Gen.Elements($"10.0.0.{n}", $"fd00::a00:{n:x}")).ToArbitrary(), address =>
        {
            var way = new WayBack("br0", IPAddress.Parse(address));
            space.Route.AddRule(way.Rule);
            space.Route.PutRoute(way.Route(space.Bridge), RoutePut.Replace);
            var family = way.Family.IsIPv6 ? "-6" : "-4";
            var rule = space.Read("ip", "-j", family, "rule", "show").Single(r => (int)r["priority"]! == WayBack.Priority);
            var route = space.Read("ip", "-j", family, "route", "show", "table", $"{way.Mark}").Single();
            var listed = space.Route.ListRules(way.Family.IsIPv6);
            space.Route.DeleteRoute(way.Route(space.Bridge));
            space.Route.DeleteRule(way.Rule);

            Assert.Equal($"0x{way.Mark:x} {way.Mark}", $"{rule["fwmark"]} {rule["table"]}");
            Assert.Equal($"default {address} br0", $"{route["dst"]} {route["gateway"]} {route["dev"]}");
            Assert.Contains(listed, r => (r.Mark, r.Table, r.Priority) == (way.Mark, (int)way.Mark, WayBack.Priority));
        }).Check(Few);
    }

    [RootFact]
    public void A_token_bucket_is_read_back_with_its_rate()
    {
        using var space = new Space();
        Prop.ForAll(Gen.Choose(10_000, int.MaxValue).Select(n => (ulong)n * 3).ToArbitrary(), rate =>
        {
            var burst = (uint)Math.Clamp(rate / 100, 16_000, 8 << 20);
            space.Route.PutQdisc(
                new TrafficPlace(space.Bridge, TrafficPlace.Root, 0x0b0d0000), new TrafficKind.Tbf(rate, burst, burst * 2), RoutePut.Replace);
            var shown = space.Read("tc", "-j", "qdisc", "show", "dev", "br0").Single();

            Assert.Equal($"tbf b0d: {rate}", $"{shown["kind"]} {shown["handle"]} {shown["options"]!["rate"]}");
            Assert.InRange((double)shown["options"]!["burst"]!, burst * 0.99, burst * 1.01);
            Assert.Contains(space.Route.ListQdiscs(space.Bridge), q => q is { Kind: "tbf" } && q.Rate == rate);
        }).Check(Few);
    }

    private static RouteSpec RouteOf(Random random, int link)
    {
        var six = random.Next(2) == 0;
        var length = six ? random.Next(48, 65) : random.Next(16, 25);
        var kind = random.Next(4) == 0 ? RouteKind.Unreachable : RouteKind.Unicast;
        var address = IPAddress.Parse(six ? $"fd01:{random.Next(1, 0xffff):x}:{random.Next(1, 0xffff):x}::" : $"10.{random.Next(1, 255)}.0.0");
        return new RouteSpec
        {
            Destination = Blocks.Of(address, length),
            Kind = kind,
            Gateway = kind == RouteKind.Unicast && random.Next(2) == 0 ? IPAddress.Parse(six ? "fd00::9" : "10.0.0.9") : null,
            Link = kind == RouteKind.Unicast ? link : 0,
            Table = random.Next(300, 0x6fffffff),
            Metric = random.Next(1, 5000),
            Mtu = kind == RouteKind.Unicast && random.Next(2) == 0 ? random.Next(1280, 1500) : 0,
        };
    }

    private static string Words(RouteSpec route) => string.Join(' ',
        route.Kind.ToString().ToLowerInvariant(), route.Destination, route.Gateway?.ToString() ?? "-", route.Metric, route.Mtu);

    private static class Blocks
    {
        public static IPNetwork Of(IPAddress address, int length)
        {
            var bytes = address.GetAddressBytes();
            for (var bit = length; bit < bytes.Length * 8; bit++)
                bytes[bit / 8] &= (byte)~(0x80 >> (bit % 8));
            return new IPNetwork(new IPAddress(bytes), length);
        }
    }
}
