using System.Net;
using Orchestrator.Agent.Networks;

namespace Orchestrator.Agent.Tests;

public sealed class UnderlayAddressTests
{
    private static readonly HashSet<string> Before = ["10.0.0.5", "172.17.0.1"], Gone = ["172.17.0.1"];
    private static readonly HashSet<string> After = ["10.1.0.9", "172.17.0.1"];

    private readonly UnderlayAddress underlay = new("10.0.0.5");

    [Fact]
    public void An_address_that_is_there_stays_whatever_else_is_there() =>
        Assert.False(underlay.Look(Before.Append("10.1.0.9").ToHashSet(), ["10.0.0.1"], _ => IPAddress.Parse("10.1.0.9")));

    [Fact]
    public void One_that_is_gone_for_a_moment_is_waited_for()
    {
        Assert.False(Look(Gone, "172.17.0.1"));
        Assert.False(Look(Before, "10.0.0.5"));
        Assert.Equal("10.0.0.5", underlay.Current);
    }

    [Fact]
    public void One_that_stays_away_gives_its_place_to_that_by_which_managers_are_reached()
    {
        Assert.False(Look(After, "10.1.0.9"));
        Assert.True(Look(After, "10.1.0.9"));
        Assert.Equal("10.1.0.9", underlay.Current);
        Assert.False(Look(After, "10.1.0.9"));

        Assert.True(Look(Before, "10.0.0.5"));
        Assert.Equal("10.0.0.5", underlay.Current);
    }

    [Fact]
    public void Without_a_way_to_anybody_or_by_another_family_alone_it_stays()
    {
        for (var look = 0; look < 3; look++)
        {
            Assert.False(underlay.Look(Gone, ["10.0.0.1"], _ => null));
            Assert.False(underlay.Look(Gone, ["10.0.0.1"], _ => IPAddress.Parse("fd00::1")));
            Assert.False(underlay.Look(Gone, ["10.0.0.1"], _ => IPAddress.Loopback));
        }
    }

    private bool Look(HashSet<string> local, string source) =>
        underlay.Look(local, ["10.0.0.5", "10.0.0.1"], to => IPAddress.Parse(to.ToString() == "10.0.0.5" ? "127.0.0.1" : source));
}
