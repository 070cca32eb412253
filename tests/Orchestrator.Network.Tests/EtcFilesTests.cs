using Orchestrator.Network.Dns;
using Orchestrator.Network.Hosting;

namespace Orchestrator.Network.Tests;

public sealed class EtcFilesTests
{
    private static readonly ResolvConf Host = ResolvConf.Parse("nameserver 192.0.2.53\nsearch example.org corp\noptions edns0 trust-ad\n# x\n");

    [Fact]
    public void On_the_default_bridge_a_container_asks_the_hosts_resolvers_itself()
    {
        var files = EtcFiles.Write(Sandbox(named: false), Host, ["172.17.0.1"]);

        Assert.Equal("nameserver 192.0.2.53\nsearch example.org corp\noptions edns0 trust-ad\n", files.ResolvConf);
        Assert.EndsWith("\n10.1.0.2\tbox\n", files.Hosts, StringComparison.Ordinal);
        Assert.Equal("box\n", files.Hostname);
    }

    [Fact]
    public void On_a_network_with_names_a_container_asks_us() => Assert.Equal(
        "nameserver 127.0.0.11\nsearch example.org corp\noptions edns0 trust-ad ndots:0\n",
        EtcFiles.Write(Sandbox(named: true), Host, []).ResolvConf);

    [Fact]
    public void A_resolver_on_the_hosts_loopback_is_never_handed_to_a_container() => Assert.StartsWith(
        "nameserver 127.0.0.11\n",
        EtcFiles.Write(Sandbox(named: false), ResolvConf.Parse("nameserver 127.0.0.53\n"), []).ResolvConf,
        StringComparison.Ordinal);

    [Fact]
    public void What_the_user_asked_for_replaces_the_hosts_settings()
    {
        var asked = new SandboxConfig
        {
            Name = "c", Hostname = "box", Domainname = "lan", DnsServers = ["9.9.9.9"], DnsSearch = ["."],
                DnsOptions = ["ndots:3"],
            ExtraHosts = ["db:10.9.9.9", "up:host-gateway"],
        };

        var files = EtcFiles.Write(Sandbox(named: false) with { Config = asked }, Host, ["172.17.0.1"]);

        Assert.Equal("nameserver 9.9.9.9\noptions ndots:3\n", files.ResolvConf);
        Assert.Contains("10.9.9.9\tdb\n172.17.0.1\tup\n10.1.0.2\tbox.lan box\n", files.Hosts, StringComparison.Ordinal);
    }

    private static SandboxRecord Sandbox(bool named) => new(
        "c1",
        new SandboxConfig { Name = "c", Hostname = "box" },
        [
            new Endpoint
            {
                NetworkId = "n", NetworkName = "n", ContainerId = "c1", EndpointId = "e", InterfaceName = "eth0",
                HostInterfaceName = "v", IPv4 = "10.1.0.2/16", Mac = "02:42:0a:01:00:02", DnsNames = named ? ["c"] : [],
            },
        ],
        []);
}
