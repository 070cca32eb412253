using System.Collections.Immutable;
using Orchestrator.Manager.NetworkKeys;
using Orchestrator.Model;

namespace Orchestrator.Manager.Tests;

public sealed class NetworkKeyPlannerTests
{
    private static readonly TimeSpan Rotation = TimeSpan.FromHours(12);
    private static readonly DateTimeOffset Start = DateTimeOffset.UnixEpoch;

    [Fact]
    public void Keys_come_and_go_so_that_each_is_known_before_and_after_it_is_sent_under()
    {
        var seen = new List<string>();
        var (keys, now) = (ImmutableArray<NetworkKey>.Empty, Start);
        for (var pass = 0; pass < 8; pass++)
        {
            (keys, var wake) = NetworkKeyPlanner.Next(keys, isNeeded: true, Rotation, now);
            seen.Add(string.Join(' ', keys.Select(k => $"{k.Number}{(k.IsPrimary ? "*" : "")}")));
            now = wake!.Value;
        }

        Assert.Equal(["1*", "1* 2", "1 2*", "1 2* 3", "1 2 3*", "2 3* 4", "2 3 4*", "3 4* 5"], seen);
        Assert.Equal(keys.Length, keys.Select(k => k.Secret).Distinct().Count());
    }

    [Fact]
    public void One_that_is_asked_for_is_made_at_once_and_sent_under_only_when_it_is_known()
    {
        var (keys, _) = NetworkKeyPlanner.Next([], isNeeded: true, Rotation, Start);
        var asked = NetworkKeyPlanner.WithNew(keys, Start.AddMinutes(1));

        Assert.Equal(2, asked.Length);
        Assert.Equal(asked, NetworkKeyPlanner.WithNew(asked, Start.AddMinutes(1)));
        Assert.Equal(asked, NetworkKeyPlanner.Next(asked, true, Rotation, Start.AddMinutes(1)).Keys);
        Assert.True(NetworkKeyPlanner.Next(asked, true, Rotation, Start.AddMinutes(2)).Keys[1].IsPrimary);
    }

    [Fact]
    public void Without_a_network_under_IPsec_no_key_is_made_and_no_number_is_used_again()
    {
        var keys = NetworkKeyPlanner.Next([], true, Rotation, Start).Keys;
        var later = Start.AddDays(9);

        Assert.Empty(NetworkKeyPlanner.Next([], false, Rotation, Start).Keys);
        Assert.Equal(keys, NetworkKeyPlanner.Next(keys, false, Rotation, later).Keys);
        Assert.Equal([1, 2], NetworkKeyPlanner.Next(keys, true, Rotation, later).Keys.Select(k => k.Number));
    }

    [Theory]
    [InlineData("", "ok ok", "wireguard")]
    [InlineData("true", "ok EOPNOTSUPP", "esp")]
    [InlineData("esp", "ok ok", "esp")]
    [InlineData("wireguard", "ENOSYS", "wireguard")]
    [InlineData("false", "ok", "")]
    [InlineData("maybe", "ok", null)]
    public void WireGuard_is_chosen_where_every_node_has_it(string option, string nodes, string? chosen) =>
        Assert.Equal(chosen, NetworkEncryption.Choose(
            new Dictionary<string, string> { ["encrypted"] = option },
            nodes.Split(' ').Select(said => new Dictionary<string, string> { ["wireguard"] = said })));
}
