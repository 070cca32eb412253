using System.Net;
using Orchestrator.Network.Encryption;

namespace Orchestrator.Network.Tests.Encryption;

public sealed class EspPlanTests
{
    private static readonly IPAddress A = IPAddress.Parse("10.77.0.1"), B = IPAddress.Parse("10.77.0.2");

    private static readonly string Secret = Convert.ToBase64String(new byte[32]);

    [Fact]
    public void Two_nodes_come_to_the_same_numbers_and_keys_and_no_two_directions_share_one()
    {
        var (a, b) = (Plan(A, B, primary: 2), Plan(B, A, primary: 2));

        Assert.Equal(a.Associations.Select(Line).Order(), b.Associations.Select(Line).Order());
        Assert.Equal(6, a.Associations.Select(x => Convert.ToHexString(x.Derive())).Distinct().Count());
        Assert.Equal(6, a.Associations.Select(x => (x.State.Destination, x.State.Spi)).Distinct().Count());

        static string Line(EspAssociation x) => $"{x.State} {Convert.ToHexString(x.Derive())}";
    }

    [Fact]
    public void What_is_sent_goes_under_the_primary_key()
    {
        var (second, third) = (Plan(A, B, primary: 2), Plan(A, B, primary: 3));

        Assert.Equal(second.Associations.Select(x => x.State), third.Associations.Select(x => x.State));
        Assert.NotEqual(second.Policies.Single().Spi, third.Policies.Single().Spi);
        Assert.Contains(third.Associations, x => x.State.Spi == third.Policies.Single().Spi && x.Key.Number == 3
            && x.State.Source.Equals(A));
    }

    [Fact]
    public void What_a_node_sends_by_is_kept_as_long_as_its_key_and_what_it_receives_by_is_not()
    {
        var states = Plan(A, B, primary: 2).Associations.Select(x => x.State).ToList();
        var alone = EspPlan.For(A, [], [new(2, Secret, false), new(3, Secret, true)], 4789);

        Assert.Empty(alone.Associations);
        Assert.Equal(
            Plan(A, B, primary: 2).Associations.Where(x => x.State.Source.Equals(A) && x.Key.Number > 1).Select(x => x.State),
            states.Where(alone.Keeps));
        Assert.DoesNotContain(states, EspPlan.Empty.Keeps);
    }

    [Fact]
    public void Without_a_primary_key_there_is_no_plan() => Assert.Empty(Plan(A, B, primary: 9).Associations);

    private static EspPlan Plan(IPAddress own, IPAddress peer, int primary) => EspPlan.For(
        own, [peer], [.. new[] { 1, 2, 3 }.Select(n => new ClusterKey(n, Secret, n == primary))], 4789);
}
