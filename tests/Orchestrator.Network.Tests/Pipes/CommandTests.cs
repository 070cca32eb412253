using Orchestrator.Linux.Netlink;
using Orchestrator.Testing;

namespace Orchestrator.Network.Tests.Pipes;

/// <summary>route, rule and tc: the examples of pipework's README and of iproute2's pages.</summary>
public sealed class CommandTests
{
    [RootFact]
    public async Task Routes_are_added_replaced_shown_and_deleted_in_the_words_of_ip()
    {
        await using var host = await TestHost.StartAsync();
        using var container = await host.RunAsync("c", "bridge");
        await host.PipeAsync("br1", "c", "192.168.2.9/24");
        string Route(params string[] words) => host.Run("c", "route", words);

        Route("add", "10.0.5.6/24", "via", "192.168.2.1");
        Route("replace", "default", "via", "192.168.2.3");
        Route("add", "blackhole", "10.66.0.0/16", "metric", "7");
        Route("add", "10.7.0.0/16", "via", "192.168.2.1", "dev", "eth1", "src", "192.168.2.9", "table", "100", "mtu", "1400");
        var main = Route();
        var other = Route("show", "table", "100");
        Route("del", "10.0.5.0/24");
        Route("flush", "table", "100");

        Assert.Contains("10.0.5.0/24 via 192.168.2.1 dev eth1 proto boot\n", main, StringComparison.Ordinal);
        Assert.Contains("default via 192.168.2.3 dev eth1 proto boot\n", main, StringComparison.Ordinal);
        Assert.Contains("blackhole 10.66.0.0/16 proto boot metric 7\n", main, StringComparison.Ordinal);
        Assert.Equal("10.7.0.0/16 via 192.168.2.1 dev eth1 proto boot src 192.168.2.9 mtu 1400\n", other);
        Assert.DoesNotContain("10.0.5.0", Route("show"), StringComparison.Ordinal);
        Assert.Equal("", Route("show", "table", "100"));
    }

    [RootFact]
    public async Task Rules_are_added_shown_and_deleted_in_the_words_of_ip()
    {
        await using var host = await TestHost.StartAsync();
        using var container = await host.RunAsync("c", "bridge");
        string Rule(params string[] words) => host.Run("c", "rule", words);

        Rule("add", "from", "172.19.0.2/32", "table", "1");
        Rule("add", "to", "172.19.0.2/32", "table", "1");
        Rule("add", "not", "fwmark", "0x10/0xff", "iif", "eth0", "pref", "90", "prohibit");
        var shown = Rule();
        Rule("del", "from", "172.19.0.2/32", "table", "1");

        Assert.Contains("from 172.19.0.2/32 lookup 1\n", shown, StringComparison.Ordinal);
        Assert.Contains("from all to 172.19.0.2/32 lookup 1\n", shown, StringComparison.Ordinal);
        Assert.Contains("90:\tnot from all fwmark 0x10/0xff iif eth0 prohibit\n", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("from 172.19.0.2/32", Rule("show"), StringComparison.Ordinal);
    }

    [RootFact]
    public async Task Traffic_control_is_set_as_tc_reads_it_back()
    {
        await using var host = await TestHost.StartAsync();
        using var container = await host.RunAsync("c", "bridge");
        string Tc(params string[] words) => host.Run("c", "tc", words);

        Tc("qdisc", "add", "dev", "eth0", "root", "handle", "1:", "htb", "default", "10");
        Tc("class", "add", "dev", "eth0", "parent", "1:", "classid", "1:10", "htb", "rate", "2mbit", "ceil", "8mbit", "burst", "15k");
        Tc("qdisc", "add", "dev", "eth0", "parent", "1:10", "handle", "20:", "tbf", "rate", "1mbit", "burst", "10kb", "latency", "50ms");
        var qdiscs = Iproute.Read(container, "tc", "qdisc", "show", "dev", "eth0");
        var classes = Iproute.Read(container, "tc", "class", "show", "dev", "eth0");
        var shown = Tc("qdisc", "show", "dev", "eth0");
        Tc("qdisc", "del", "dev", "eth0", "root");

        Assert.Contains("qdisc htb 1: root refcnt", qdiscs, StringComparison.Ordinal);
        Assert.Contains("default 0x10", qdiscs, StringComparison.Ordinal);
        Assert.Contains("qdisc tbf 20: parent 1:10 rate 1Mbit burst 10Kb lat 50ms", qdiscs, StringComparison.Ordinal);
        Assert.Contains("class htb 1:10 root leaf 20: prio 0 rate 2Mbit ceil 8Mbit burst 15Kb", classes, StringComparison.Ordinal);
        Assert.Equal("qdisc htb 1: dev eth0 root\nqdisc tbf 20: dev eth0 parent 1:10\n", shown);
        Assert.DoesNotContain("htb", Tc("qdisc"), StringComparison.Ordinal);
    }

    [RootFact]
    public async Task A_bad_network_is_set_or_the_kernel_is_said_to_have_none()
    {
        await using var host = await TestHost.StartAsync();
        using var container = await host.RunAsync("c", "bridge");
        string[] words = ["qdisc", "add", "dev", "eth0", "root", "netem", "loss", "30%", "delay", "100ms", "10ms"];

        try
        {
            host.Run("c", "tc", words);
        }
        catch (NetworkException e)
        {
            Assert.Contains("no traffic control netem (module sch_netem)", e.Message, StringComparison.Ordinal);
            return;
        }

        // Its number is one of the whole machine's.
        Assert.Matches("(?m)^qdisc netem 80[0-9a-f]{2}: dev eth0 root$", host.Run("c", "tc", ["qdisc"]));
    }

    [RootFact]
    public async Task What_cannot_be_read_is_named_in_one_line_with_what_was_expected()
    {
        await using var host = await TestHost.StartAsync();
        using var container = await host.RunAsync("c", "bridge");

        var refusals = new Dictionary<string, string>
        {
            ["route replace default via 10.2.3.5.78"] = "the gateway is expected to be an address rather than \"10.2.3.5.78\"",
            ["route add 10.0.0.0/40"] = "a prefix rather than \"10.0.0.0/40\"",
            ["route add 10.0.0.0/8 dev eth9"] = "Cannot find device \"eth9\"",
            ["route make 10.0.0.0/8"] = "Command \"make\" is unknown: use add, replace, change, append, del, flush or show",
            ["route add 10.0.0.0/8 sideways"] = "\"sideways\" is not understood here: expected via, dev, src, table, metric, "
                + "proto, scope, onlink, mtu",
            ["route add 10.0.0.0/8 dev eth0 scope wide"] = "invalid scope \"wide\": give global, universe, site, link, host, "
                + "nowhere or a number",
            ["rule add from 10.0.0.0/8 blakhole"] = "\"blakhole\" is not understood here: expected not, from, to, table, pref,",
            ["tc qdisc add dev eth0 root tbf fast"] = "\"fast\" is not understood here: expected rate, burst, limit, latency, "
                + "peakrate, mtu",
            ["tc filter show"] = "Object \"filter\" is unknown: use qdisc or class",
            ["rule add from"] = "from is missing",
            ["tc qdisc add dev eth0 root tbf rate fast"] = "invalid rate \"fast\"",
            ["tc qdisc add root"] = "dev NAME is missing",
            ["route add fd00::/64 via 10.9.0.7"] = "fd00::/64 is of IPv6 and the gateway 10.9.0.7 of IPv4: give both of one family",
            ["route add 10.0.0.0/8 via inet6 fd00::1"] =
                "10.0.0.0/8 is of IPv4 and the gateway fd00::1 of IPv6: give both of one family",
        };
        foreach (var (line, expected) in refusals)
        {
            var words = line.Split(' ');
            var refusal = Assert.Throws<NetworkException>(() => host.Run("c", words[0], words[1..]));
            Assert.Contains(expected, refusal.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', refusal.Message);
            Assert.DoesNotContain("usage", refusal.Message, StringComparison.Ordinal);
        }
    }

    [RootFact]
    public async Task What_the_kernel_refuses_is_said_in_words()
    {
        await using var host = await TestHost.StartAsync();
        using var container = await host.RunAsync("c", "bridge");
        host.Run("c", "route", ["add", "blackhole", "10.66.0.0/16"]);
        host.Run("c", "tc", ["qdisc", "add", "dev", "eth0", "root", "handle", "1:", "htb"]);
        host.Run("c", "rule", ["add", "from", "10.8.0.0/16", "fwmark", "7", "table", "9"]);
        host.Run("c", "rule", ["add", "from", "10.8.0.1", "lookup", "9", "pref", "30"]);
        host.Run("c", "rule", ["add", "to", "10.8.0.0/16", "blackhole"]);
        host.Run("c", "rule", ["-6", "add", "from", "all", "table", "9"]);

        foreach (var (line, meaning) in new Dictionary<string, string>
        {
            ["route add 10.0.5.0/24 via 192.0.2.77 dev eth0"] =
                "the gateway is on no link's subnet: give one that is, or name its link: dev NAME onlink",
            ["route add blackhole 10.66.0.0/16"] = "there is one already: use replace, or another metric",
            ["route del 10.67.0.0/16"] = "no such route: show lists those there are",
            ["route change 10.67.0.0/16 dev eth0"] = "no such route: show lists those there are",
            ["rule add from 10.8.0.0/16 fwmark 7 table 9"] = "there is one already: give another pref",
            ["rule add from 10.8.0.1 table 9 pref 30"] = "there is one already: give another pref",
            ["rule add to 10.8.0.0/16 blackhole"] = "there is one already: give another pref",
            ["rule -6 add table 9"] = "there is one already: give another pref",
            ["rule del from 172.19.0.3/32 table 1"] = "no such rule: show lists those there are",
            ["tc qdisc add dev eth0 root handle 1: htb"] = "there is one already: use replace",
            ["tc qdisc del dev eth0 ingress"] = "no such qdisc: qdisc show lists those there are",
            ["tc class del dev eth0 classid 1:99"] = "no such class: class show lists those there are",
        })
        {
            var words = line.Split(' ');
            var refusal = Record.Exception(() => host.Run("c", words[0], words[1..]));
            Assert.Equal($"{line}: {meaning}", refusal?.Message ?? line);
        }

        // Another place in the order, or something less to hold for, is another rule.
        host.Run("c", "rule", ["add", "from", "10.8.0.1", "lookup", "9", "pref", "31"]);
        host.Run("c", "rule", ["add", "from", "10.8.0.0/16", "table", "9"]);
    }

    [RootFact]
    public async Task Whoever_waits_for_an_interface_goes_on_when_it_is_up()
    {
        await using var host = await TestHost.StartAsync();
        using var container = await host.RunAsync("c", "bridge");

        var waiting = host.Network.WaitForLinkAsync("c", "eth1", TimeSpan.FromSeconds(30), default);
        var early = waiting.IsCompleted;
        await host.PipeAsync("br1", "c", "0/0");
        await waiting;

        Assert.False(early);
        await Assert.ThrowsAsync<NetworkException>(
            () => host.Network.WaitForLinkAsync("c", "eth2", TimeSpan.FromMilliseconds(1), default));
    }
}
