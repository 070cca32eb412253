using Orchestrator.Network.Pipes;

namespace Orchestrator.Network.Tests.Pipes;

public sealed class PipeWordsTests
{
    private static readonly PipeConfig Plain = new() { HostInterface = "br1" };

    [Fact]
    public void A_string_stands_for_the_hardware_address_that_pipework_makes_of_it() =>
        Assert.Equal("02:72:6c:cd:9b:8d", PipeWords.Parse(Plain, "dhcp", "U:myhost.foo.com").Mac);

    [Theory]
    [InlineData("192.168.4.25/20", "", "192.168.4.25/20", "", "", "")]
    [InlineData("192.168.4.25/20@192.168.4.1", "", "192.168.4.25/20", "192.168.4.1", "", "")]
    [InlineData("0/0", "", "", "", "", "")]
    [InlineData("10.0.0.2/24", "26:2E:71:98:60:8f", "10.0.0.2/24", "", "26:2e:71:98:60:8f", "")]
    [InlineData("10.0.0.2/24", "@10", "10.0.0.2/24", "", "", "10")]
    [InlineData("10.0.0.2/24", "26:2e:71:98:60:8f@10", "10.0.0.2/24", "", "26:2e:71:98:60:8f", "10")]
    [InlineData("fd00::2/64@fd00::1", "", "fd00::2/64", "fd00::1", "", "")]
    [InlineData("10.9.0.0/31", "", "10.9.0.0/31", "", "", "")]
    [InlineData("10.9.0.255/32", "", "10.9.0.255/32", "", "", "")]
    [InlineData("10.9.0.255/16", "", "10.9.0.255/16", "", "", "")]
    [InlineData("fd00::/64", "", "fd00::/64", "", "", "")]
    [InlineData("fe80::5/64", "", "fe80::5/64", "", "", "")]
    public void Words_are_read_as_pipework_reads_them(
        string address, string last, string cidr, string gateway, string mac, string vlan)
    {
        var config = PipeWords.Parse(Plain, address, last);

        Assert.Equal((cidr, gateway, mac, vlan), (config.Address, config.Gateway, config.Mac, config.Vlan));
        Assert.False(config.Dhcp);
    }

    [Theory]
    [InlineData("dhcp")]
    [InlineData("dhcp:-f")]
    [InlineData("udhcpc-f")]
    [InlineData("dhclient")]
    [InlineData("dhclient-f")]
    [InlineData("dhcpcd")]
    [InlineData("dhcpcd-f")]
    [InlineData("udhcpc:-t 3 -T 5 -A 2 -q")]
    public void Whatever_DHCP_client_is_named_it_is_DHCP_that_is_asked_for(string word) =>
        Assert.True(PipeWords.Parse(Plain, word).Dhcp);

    [Theory]
    [InlineData("192.168.1.1", "", "", "Maybe you meant 192.168.1.1/24 ?")]
    [InlineData("192.168.1/24", "", "", "invalid address 192.168.1/24")]
    [InlineData("192.168.1.1/33", "", "", "invalid address 192.168.1.1/33")]
    [InlineData("192.168.1.1/24@nowhere", "", "", "invalid gateway nowhere")]
    [InlineData("192.168.1.1/24@fd00::1", "", "", "invalid gateway fd00::1")]
    [InlineData("192.168.1.1/24", "zz:2e:71:98:60:8f", "", "not a valid mac address")]
    [InlineData("192.168.1.1/24", "01:2e:71:98:60:8f", "", "multicast")]
    [InlineData("192.168.1.1/24", "00:00:00:00:00:00", "", "00:00:00:00:00:00 is no card's address")]
    [InlineData("192.168.1.1/24", "", "6", "no IPv6 address")]
    [InlineData("10.9.0.0/24", "", "", "10.9.0.0 is the first address of 10.9.0.0/24, which means the network itself; give another")]
    [InlineData("10.9.0.255/24", "", "", "10.9.0.255 is the last address of 10.9.0.0/24, which means all on it; give another")]
    [InlineData("127.0.0.5/8", "", "", "127.0.0.5 is none that a container can have: 127.0.0.0/8 is each host's own loopback; give another")]
    [InlineData("224.0.0.5/8", "", "", "224.0.0.0/4 is for multicast")]
    [InlineData("0.0.0.5/8", "", "", "0.0.0.0/8 is for hosts without an address")]
    [InlineData("::1/128", "", "", "::/127 is each host's own loopback")]
    [InlineData("ff02::1/64", "", "", "ff00::/8 is for multicast")]
    [InlineData("192.168.1.1/24", "", "5", "-a takes 4 or 6")]
    public void What_cannot_be_is_refused_in_one_line_that_names_it(
        string address, string last, string family, string words)
    {
        var refusal = Assert.Throws<NetworkException>(() => PipeWords.Parse(Plain, address, last, family));

        Assert.Contains(words, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal.Message);
    }

    [Fact]
    public void A_name_that_no_link_can_have_is_refused() =>
        Assert.Contains("after -i", Assert.Throws<NetworkException>(
            () => PipeWords.Parse(Plain with { InterfaceName = "a/b" }, "0/0")).Message, StringComparison.Ordinal);
}
