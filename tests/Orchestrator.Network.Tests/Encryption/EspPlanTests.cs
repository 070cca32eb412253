using System.Collections.Immutable;
using System.Net;
using Orchestrator.Linux.Netlink;
using Orchestrator.Network.Encryption;

namespace Orchestrator.Network.Tests.Encryption;

public sealed class EspPlanTests
{
    private static readonly EspNode A = new(IPAddress.Parse("10.77.0.1"), 7), B = new(IPAddress.Parse("10.77.0.2"), 8);

    private static readonly string Secret = Convert.ToBase64String(new byte[32]);

    [Fact]
    public void Two_nodes_come_to_the_same_numbers_and_keys_and_no_two_directions_share_one()
    {
        var (a, b) = (Plan(A, B, primary: 2), Plan(B, A, primary: 2));

        Assert.Equal(a.Associations.Select(Line).Order(), b.Associations.Select(Line).Order());
        Assert.Equal(6, a.Associations.Select(x => Convert.ToHexString(x.Secret())).Distinct().Count());
        Assert.Equal(6, a.Associations.Select(x => (x.State.Destination, x.State.Spi)).Distinct().Count());

        static string Line(EspAssociation x) => $"{x.State} {Convert.ToHexString(x.Secret())}";
    }

    [Fact]
    public void What_is_sent_goes_under_the_primary_key()
    {
        var (second, third) = (Plan(A, B, primary: 2), Plan(A, B, primary: 3));

        Assert.Equal(second.Associations.Select(x => x.State), third.Associations.Select(x => x.State));
        Assert.NotEqual(second.Policies.Single().Spi, third.Policies.Single().Spi);
        Assert.Contains(third.Associations, x => x.State.Spi == third.Policies.Single().Spi && x.Key.Number == 3
            && x.Source == A);
    }

    [Fact]
    public void What_stands_between_two_nodes_is_kept_as_long_as_its_key_though_one_has_lost_the_other()
    {
        var plan = Plan(A, B, primary: 2);
        var alone = EspPlan.For(A, [], [new(2, Secret, false), new(3, Secret, true)], 4789);

        Assert.Empty(alone.Associations);
        Assert.Equal(plan.Associations.Where(x => x.Key.Number > 1).Select(x => x.State), StatesOf(plan).Where(alone.Keeps));
        Assert.Equal(StatesOf(plan), StatesOf(plan).Where(plan.AtRest.Keeps));
        Assert.DoesNotContain(StatesOf(plan), EspPlan.Empty.Keeps);
        Assert.DoesNotContain(StatesOf(plan), EspPlan.For(A with { Address = IPAddress.Loopback }, [], Keys(3), 4789).Keeps);
    }

    [Fact]
    public void Another_epoch_of_either_node_makes_all_associations_anew_and_takes_the_former_away_on_both_sides()
    {
        var plan = Plan(A, B, primary: 2);

        foreach (var next in new[] { Plan(A with { Epoch = 9 }, B, primary: 2), Plan(A, B with { Epoch = 9 }, primary: 2) })
        {
            Assert.Empty(StatesOf(next).Intersect(StatesOf(plan)));
            Assert.Empty(Secrets(next).Intersect(Secrets(plan)));
            Assert.DoesNotContain(StatesOf(plan), next.Keeps);
            Assert.All(StatesOf(plan), state => Assert.True(next.EndsOnBothSides(state)));
        }

        Assert.DoesNotContain(StatesOf(plan), EspPlan.Empty.EndsOnBothSides);

        static IEnumerable<string> Secrets(EspPlan plan) => plan.Associations.Select(x => Convert.ToHexString(x.Secret()));
    }

    [Fact]
    public void Without_a_primary_key_there_is_no_plan() => Assert.Empty(Plan(A, B, primary: 9).Associations);

    private static List<EspState> StatesOf(EspPlan plan) => [.. plan.Associations.Select(x => x.State)];

    private static EspPlan Plan(EspNode own, EspNode peer, int primary) => EspPlan.For(own, [peer], Keys(primary), 4789);

    private static ImmutableArray<ClusterKey> Keys(int primary) =>
        [.. new[] { 1, 2, 3 }.Select(n => new ClusterKey(n, Secret, n == primary))];
}
