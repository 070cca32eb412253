using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Orchestrator.Testing;

namespace Orchestrator.Network.Tests.Pipes;

/// <summary>Routes, rules and traffic control last as long as their container.</summary>
public sealed class KeptCommandTests
{
    private static readonly string[] Commands =
    [
        "route add 10.0.5.0/24 via 192.168.2.1",
        "route append 10.7.0.0/16 via 192.168.2.1 dev eth1 table 100 mtu 1400",
        "route add blackhole 10.66.0.0/16 metric 7",
        "route -6 add fd99::/64 via fd02::1",
        "rule add from 192.168.2.9/32 table 100",
        "tc qdisc add dev eth1 root handle 1: htb default 10",
        "tc class add dev eth1 parent 1: classid 1:10 htb rate 2mbit",
        "tc qdisc add dev eth1 parent 1:10 handle 20: tbf rate 1mbit burst 10kb latency 50ms",
    ];

    [RootFact]
    public async Task They_are_there_again_when_the_container_restarts_and_when_the_host_does()
    {
        await using var host = await TestHost.StartAsync();
        using var first = await PreparedAsync(host);
        var before = Seen(first);

        await host.Network.DeleteSandboxAsync("c", default);
        using var second = await host.RunAsync("c", "bridge");
        await host.Network.PlugPipesAsync("c", default);
        var afterRestart = Seen(second);
        await host.RebootAsync(new HashSet<string> { "c" });
        using var third = await host.RunAsync("c", "bridge");
        await host.Network.PlugPipesAsync("c", default);

        Assert.Contains("10.7.0.0/16 via 192.168.2.1 dev eth1", before, StringComparison.Ordinal);
        Assert.Contains("class htb 1:10 root leaf 20:", before, StringComparison.Ordinal);
        Assert.Equal(before, afterRestart);
        Assert.Equal(before, Seen(third));
    }

    [RootFact]
    public async Task What_somebody_deletes_is_there_again_within_five_seconds_and_what_was_deleted_as_the_daemon_was_down()
    {
        await using var host = await TestHost.StartAsync("", TimeSpan.FromMilliseconds(50));
        using var container = await PreparedAsync(host);
        var before = Seen(container);

        Undo(container);
        for (var tries = 0; tries < 100 && Seen(container) != before; tries++)
            await Task.Delay(50);
        var mended = Seen(container);
        await host.Network.DisposeAsync();
        Undo(container);
        await host.RestartDaemonAsync(new HashSet<string> { "c" });

        Assert.Equal(before, mended);
        Assert.Equal(before, Seen(container));
    }

    [RootFact]
    public async Task Who_deletes_one_by_the_same_words_is_rid_of_it_and_of_what_hung_on_it()
    {
        await using var host = await TestHost.StartAsync();
        using var container = await PreparedAsync(host);

        host.Run("c", "route", "del", "10.0.5.0/24");
        host.Run("c", "route", "flush", "table", "100");
        host.Run("c", "tc", "qdisc", "del", "dev", "eth1", "root");
        await host.Network.ForgetCommandAsync("c", 5, default); // The rule.

        Assert.Equal(
            ["route add blackhole 10.66.0.0/16 metric 7", "route -6 add fd99::/64 via fd02::1"],
            host.Network.ListCommands().Single().Commands.Select(c => c.ToString()));
        Assert.DoesNotContain("192.168.2.9 lookup 100", Iproute.Read(container, "ip", "rule"), StringComparison.Ordinal);
        await Assert.ThrowsAsync<NetworkException>(() => host.Network.ForgetCommandAsync("c", 5, default));
    }

    [RootFact]
    public async Task A_command_given_once_is_not_kept_nor_one_of_a_pipe_that_is_no_more_nor_of_a_container_that_is_none()
    {
        await using var host = await TestHost.StartAsync();
        using var container = await PreparedAsync(host);

        await host.Network.RunCommandAsync("c", "route", ["add", "10.9.9.0/24", "via", "192.168.2.1"], keep: false, default);
        await host.Network.RemovePipeAsync("c", "eth1", default);
        var left = host.Network.ListCommands().Single().Commands.Select(c => c.ToString()).ToList();
        await host.Network.ForgetPipesAsync("c", default);

        Assert.DoesNotContain(left, c => c.Contains("eth1", StringComparison.Ordinal) || c.Contains("10.9.9.0", StringComparison.Ordinal));
        Assert.Contains("rule add from 192.168.2.9/32 table 100", left);
        Assert.Empty(host.Network.ListCommands());
    }

    [RootFact]
    public async Task What_cannot_be_yet_is_told_and_done_once_it_can()
    {
        await using var host = await TestHost.StartAsync();
        using var container = await PreparedAsync(host);

        await host.Network.DeleteSandboxAsync("c", default);
        using var again = await host.RunAsync("c", "bridge"); // Its pipe is not plugged yet.
        var told = await host.Network.CheckAsync(mend: true, default);
        var inForce = await host.Network.ListCommandsInForceAsync("c", default);

        Assert.Contains(told, d => d.Finding == "route add 10.0.5.0/24 via 192.168.2.1 is not in force" && d.Fault is not null
            || d.Fault is null && d.Finding.Contains("10.0.5.0", StringComparison.Ordinal));
        Assert.Contains(3, inForce); // The black hole needs nobody.
    }

    [RootFact]
    public async Task Of_what_cannot_be_the_doctor_says_why_and_promises_nothing()
    {
        await using var host = await TestHost.StartAsync();
        var side = await host.Network.CreateNetworkAsync(
            new NetworkConfig { Name = "side", Pools = [new IpamPool("192.168.3.0/24")] }, default);
        using var container = await host.RunAsync("c", "bridge");
        await host.Network.ConnectAsync("c", new EndpointConfig { NetworkId = side.Id }, default);
        await host.Network.RunCommandAsync("c", "route", ["add", "10.0.6.0/24", "via", "192.168.3.1"], keep: true, default);
        await host.Network.DisconnectAsync("c", side.Id, default);

        var drift = Assert.Single(await host.Network.CheckAsync(mend: true, default));
        var complaint = Assert.Single((await host.Network.DiagnoseAsync(fix: false, default)).Complaints(fix: false));

        Assert.Equal("route add 10.0.6.0/24 via 192.168.3.1 is not in force", drift.Finding);
        Assert.Equal((drift.Finding, drift.Fault), (complaint.What, complaint.Remedy));
    }

    [Theory]
    [InlineData("route add 10.0.0.0/8 via 10.1.1.1|route replace 10.0.0.0/8 via 10.1.1.2", "route replace 10.0.0.0/8 via 10.1.1.2")]
    [InlineData("route add 10.0.0.0/8 via 10.1.1.1|route append 10.0.0.0/8 via 10.1.1.2|route del 10.0.0.0/8 via 10.1.1.2",
        "route add 10.0.0.0/8 via 10.1.1.1")]
    [InlineData("route add 10.0.0.0/8 via 10.1.1.1|route add 10.0.0.0/8 via 10.1.1.2 metric 9|route del 10.0.0.0/8",
        "route add 10.0.0.0/8 via 10.1.1.2 metric 9")]
    [InlineData("route add 10.0.0.0/8 dev eth0|route show|rule show", "route add 10.0.0.0/8 dev eth0")]
    [InlineData("rule add from 10.1.1.1 table 7|rule add to 10.1.1.1 table 7|rule del from 10.1.1.1", "rule add to 10.1.1.1 table 7")]
    [InlineData("rule add from 10.1.1.1 table 7|rule -6 add from fd00::/8 table 7|rule flush", "rule -6 add from fd00::/8 table 7")]
    [InlineData("tc qdisc add dev eth0 root handle 1: htb|tc qdisc add dev eth1 root pfifo limit 5|"
        + "tc class add dev eth0 parent 1: classid 1:1 htb rate 1mbit|tc qdisc del dev eth0 root", "tc qdisc add dev eth1 root pfifo limit 5")]
    [InlineData("tc qdisc add dev eth0 root handle 1: htb|tc class add dev eth0 parent 1: classid 1:1 htb rate 1mbit|"
        + "tc class change dev eth0 parent 1: classid 1:1 htb rate 2mbit",
        "tc qdisc add dev eth0 root handle 1: htb|tc class change dev eth0 parent 1: classid 1:1 htb rate 2mbit")]
    [InlineData("tc qdisc add dev eth0 ingress|tc qdisc add dev eth0 root pfifo limit 5|tc qdisc del dev eth0 root", "tc qdisc add dev eth0 ingress")]
    public void What_is_kept_is_what_is_in_force(string commands, string kept)
    {
        var all = ImmutableArray<KeptCommand>.Empty;
        foreach (var command in commands.Split('|'))
            all = Network.Pipes.KeptWords.After(all, command.Split(' ')[0], command.Split(' ')[1..]);

        Assert.Equal(kept, string.Join('|', all.Select(c => c.ToString())));
        Assert.Equal(all.Length, all.Select(c => c.Number).Distinct().Count());
    }

    private static async Task<TestContainer> PreparedAsync(TestHost host)
    {
        var container = await host.RunAsync("c", "bridge");
        await host.PipeAsync("br1", "c", "192.168.2.9/24");
        await host.PipeAsync("br2", "c", "fd02::9/64", with: config => config with { InterfaceName = "eth2" });
        foreach (var command in Commands)
            host.Run("c", command.Split(' ')[0], command.Split(' ')[1..]);
        return container;
    }

    private static void Undo(TestContainer container)
    {
        foreach (var command in (string[])
        [
            "ip route del 10.0.5.0/24", "ip route flush table 100", "ip route del blackhole 10.66.0.0/16", "ip -6 route del fd99::/64",
            "ip rule del from 192.168.2.9/32", "tc qdisc del dev eth1 root",
        ])
            Iproute.Read(container, command.Split(' ')[0], command.Split(' ')[1..]);
    }

    /// <summary>As iproute2 reads it.</summary>
    private static string Seen(TestContainer container) => string.Join('\n', (string[])
    [
        Iproute.Read(container, "ip", "route", "show", "table", "all", "proto", "boot"),
        Iproute.Read(container, "ip", "-6", "route", "show", "table", "all", "proto", "boot"),
        Iproute.Read(container, "ip", "rule"),
        WithoutCounters(Iproute.Read(container, "tc", "qdisc", "show", "dev", "eth1")),
        Iproute.Read(container, "tc", "class", "show", "dev", "eth1"),
    ]);

    /// <summary>htb counts packets that met no class, such as those by which a container tells where it is.</summary>
    private static string WithoutCounters(string shown) => Regex.Replace(shown, "direct_packets_stat [0-9]+ ", "");
}
