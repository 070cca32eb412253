using System.Collections.Immutable;
using System.Net;
using FsCheck;
using FsCheck.Fluent;
using Orchestrator.Linux.Netlink;
using Orchestrator.Network.Mending;
using Orchestrator.Network.Overlays;
using Orchestrator.Network.Returning;

namespace Orchestrator.Network.Tests.Mending;

public sealed class SpaceComparisonTests
{
    private static readonly WantedSpace Wanted = new()
    {
        Links =
        [
            new WantedLink("br0", "bridge") { Alias = "orch:n1", Mtu = 1450, Mac = new MacAddress(7), Address = "10.0.1.1/24" },
            new WantedLink("vx0", "vxlan")
            {
                Master = "br0", Mtu = 1450, Port = OverlayFabric.PortOf(hasIPv6: false), Local = IPAddress.Parse("192.0.2.1"),
            },
            Port("veth1", 1), Port("veth2", 2),
            new WantedLink("lo", "") { Address = "127.0.0.1/8" },
        ],
        Exit = new WantedExit("br0", IPAddress.Parse("10.0.1.254")),
        Remote = [Remote(7), Remote(8)],
        Ways = [new WayBack("br0", IPAddress.Parse("10.0.1.2")), new WayBack("br0", IPAddress.Parse("10.0.1.3"))],
    };

    [Fact]
    public void From_any_state_the_changes_lead_to_what_is_wanted_and_leave_all_else_alone()
    {
        Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed =>
        {
            var space = new SimulatedSpace(Wanted);
            space.Build();
            space.AddStrangers();
            var theirs = space.Strangers();
            space.Meddle(new Random(seed));

            for (var round = 0; round < 5 && SpaceComparison.Compare(Wanted, space.Dump()) is { Count: > 0 } changes; round++)
                changes.ForEach(space.Apply);

            return SpaceComparison.Compare(Wanted, space.Dump()).Count == 0 && theirs.SetEquals(space.Strangers());
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));
    }

    [Fact]
    public void What_is_as_wanted_needs_no_change_whatever_else_is_there()
    {
        var space = new SimulatedSpace(Wanted);
        space.Build();
        space.AddStrangers();

        Assert.Empty(SpaceComparison.Compare(Wanted, space.Dump()));
    }

    [Theory]
    [InlineData(0, false, true)] // Its rules are those of a link of another number.
    [InlineData(1, false, false)]
    [InlineData(1, true, true)]
    public void The_guard_of_a_port_it_does_not_know_is_stated_before_that_is_a_port(int number, bool isLedPast, bool isUnknown)
    {
        static LinkInfo Link(int index, string name, string kind) => new(index, name, "", kind, 0, 1500, null, IsUp: true);
        var wanted = new WantedSpace
        {
            Links =
            [
                new WantedLink("br0", "bridge"),
                new WantedLink("vethabcdefgh", "veth")
                {
                    Master = "br0", Limit = default(Model.Bandwidth), IsGuarded = (index, isLed) => index == number && !isLed,
                },
            ],
        };

        var changes = SpaceComparison.Compare(wanted, new SpaceDump(
            [
                Link(1, "vethabcdefgh", "veth"), Link(2, "br0", "bridge"),
                .. isLedPast ? [Link(3, Shaping.LinkShaper.Detour("vethabcdefgh"), "ifb")] : ImmutableArray<LinkInfo>.Empty,
            ], [], [], []));

        Assert.Equal(
            isUnknown ? ["link vethabcdefgh is not guarded as it should be", "link vethabcdefgh is no port of br0"]
                : ["link vethabcdefgh is no port of br0"],
            changes.Select(c => c.Finding));
    }

    [Fact]
    public void A_default_route_that_somebody_else_made_stays()
    {
        var space = new SimulatedSpace(Wanted);
        space.Build();
        var dump = space.Dump();
        var theirs = dump with
        {
            Routes = [.. dump.Routes.Select(r => r.Destination.PrefixLength == 0 ? r with { Index = 99 } : r)],
        };

        Assert.Empty(SpaceComparison.Compare(Wanted, theirs));
    }

    [Fact]
    public void A_link_of_somebody_else_under_our_name_is_told_and_not_touched()
    {
        var wanted = new WantedSpace { Links = [Wanted.Links[0]] };
        LinkInfo Link(string kind, string alias) => new(5, "br0", alias, kind, 0, 1500, null, IsUp: false);
        SpaceDump With(LinkInfo link) => new([link], [], [], []);

        Assert.Equal([new SpaceChange.Displaced("br0", "dummy")], SpaceComparison.Compare(wanted, With(Link("dummy", ""))));
        Assert.Equal(
            [new SpaceChange.Displaced("br0", "bridge")],
            SpaceComparison.Compare(wanted, With(Link("bridge", "orch:other"))));
    }

    [Theory]
    [InlineData("br0", false)]
    [InlineData("veth1", false)]
    [InlineData("vx0", true)]
    [InlineData("veth2", true)]
    public void A_link_of_ours_under_another_name_goes_before_that_which_is_wanted_is_made(string name, bool allAreOurs)
    {
        var wanted = Wanted with { Own = OwnLinks.Named(Wanted.Links.Select(l => l.Name)) with { HasAll = allAreOurs } };
        var space = new SimulatedSpace(wanted);
        space.Build();
        var before = space.Dump();
        space.Rename(name, "foog");

        var changes = SpaceComparison.Compare(wanted, space.Dump());
        Assert.Equal(
            [new SpaceChange.Remove("foog", name), new SpaceChange.Make(name)],
            changes.Where(c => c is SpaceChange.Remove or SpaceChange.Make));
        Assert.IsType<SpaceChange.Remove>(changes[0]);

        for (var round = 0; round < 5; round++)
            SpaceComparison.Compare(wanted, space.Dump()).ForEach(space.Apply);
        Assert.Equal(before.Links.Select(l => l.Name).Order(), space.Dump().Links.Select(l => l.Name).Order());
        Assert.Empty(SpaceComparison.Compare(wanted, space.Dump()));
    }

    [Fact]
    public void No_link_without_our_mark_is_ours_nor_one_that_others_decide_about_nor_what_holds_a_limit()
    {
        var own = OwnLinks.Named(["veth12345678"]) with { Spared = ["orch:pipe"] };
        LinkInfo Link(string name, string kind, string alias) => new(5, name, alias, kind, 0, 1500, null, IsUp: true);

        Assert.True(own.IsStray(Link("foog", "veth", "orch:c:n")));
        Assert.True(own.IsStray(Link("ifb87654321", "ifb", "orch:veth87654321")));
        Assert.All(
            [
                Link("foog", "veth", ""), Link("foog", "bridge", "somebody else's"), Link("veth12345678", "veth", "orch:c:n"),
                Link("ifb12345678", "ifb", "orch:veth12345678"), Link("lab0", "bridge", "orch:pipe"),
                Link("up0.42", "vlan", "orch:vlan"), Link("up0", "", "orch:c:pipe-eth1"),
            ],
            link => Assert.False(own.IsStray(link)));
        Assert.True((own with { HasAll = true }).IsStray(Link("foog", "vxlan", "")));
        Assert.False((own with { HasAll = true }).IsStray(Link("lo", "", "")));
    }

    private static WantedLink Port(string name, int n) => new(name, "veth")
    {
        Alias = $"orch:c{n}:n1", Master = "br0", Port = OverlayFabric.PortOf(hasIPv6: false), Forwards = Mac(n),
    };

    private static MacAddress Mac(int n) => MacAddress.Derive(IPAddress.Parse($"10.0.1.{n}"));

    private static RemoteEndpoint Remote(int n) =>
        new(IPAddress.Parse($"10.0.1.{n}"), Mac(n), IPAddress.Parse("192.0.2.2"));
}
