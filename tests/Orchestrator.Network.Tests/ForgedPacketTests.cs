using System.Net;
using System.Net.Sockets;
using Orchestrator.Linux.Netlink;
using Orchestrator.Linux.Nftables;
using Orchestrator.Network.Dhcp;
using Orchestrator.Testing;

namespace Orchestrator.Network.Tests;

/// <summary>What a container, or the wire, does not get by packets of its own making: a container has NET_RAW.</summary>
public sealed class ForgedPacketTests
{
    private const byte Tcp = 6, Udp = 17, Reset = 4;

    [RootFact]
    public async Task A_packet_by_the_gateway_leads_nowhere_from_a_network_without_icc()
    {
        await using var host = await TestHost.StartAsync();
        await host.Network.CreateNetworkAsync(new NetworkConfig { Name = "shy", Icc = false }, default);
        using var one = await host.RunAsync("one", "shy");
        using var two = await host.RunAsync("two", "shy");
        var gateway = host.Network.GetEndpoints("two").Single().Gateway;
        using var ear = Wire.Listen(one.Namespace, 5353);
        void Whisper() => Wire.Forge(two.Namespace, UdpPacket.Wrap("psst"u8, two.Address, 5353, one.Address, 5353), gateway);

        Whisper();
        Assert.Equal("Silence", await Wire.SenderAsync(ear, Wire.Shortly));

        // What one has published is for all, its neighbours too, where the host's firewall leaves frames alone.
        host.Namespace.Run(() => File.WriteAllText("/proc/sys/net/bridge/bridge-nf-call-iptables", "0"));
        await host.Network.PublishAsync("one", [new PortBinding("", 8080, 80)], default);
        using var server = Wire.Serve(one.Namespace, 80, "one");
        Assert.StartsWith("one", await Wire.CallAsync(two.Namespace, gateway, 8080), StringComparison.Ordinal);

        Nft.Apply(host.Namespace, "flush chain ip orch forward"); // It is nothing else that keeps it out.
        Whisper();
        Assert.Equal($"{two.Address}", await Wire.SenderAsync(ear));
    }

    [RootFact]
    public async Task No_container_speaks_to_the_host_from_loopback()
    {
        await using var host = await TestHost.StartAsync();
        using var liar = await host.RunAsync("liar", "bridge");
        var gateway = IPAddress.Parse(host.Network.GetEndpoints("liar").Single().Gateway);
        using var ear = Wire.Listen(host.Namespace, 5353);

        Wire.Forge(liar.Namespace, UdpPacket.Wrap("psst"u8, liar.Address, 5353, gateway, 5353), $"{gateway}");
        Assert.Equal($"{liar.Address}", await Wire.SenderAsync(ear));

        // The kernel itself refuses 127.0.0.1, which is an address of a link; the rest of the block is none.
        Wire.Forge(liar.Namespace, UdpPacket.Wrap("psst"u8, IPAddress.Parse("127.0.0.2"), 5353, gateway, 5353), $"{gateway}");
        Assert.Equal("Silence", await Wire.SenderAsync(ear, Wire.Shortly));
    }

    /// <summary>Of a packet that is of no connection, and opens none, nothing is translated.</summary>
    [RootFact]
    public async Task What_belongs_to_no_connection_does_not_leave_under_a_containers_own_address()
    {
        await using var host = await TestHost.StartAsync("10.77.0.1");
        using var wire = TestHost.Join(host);
        await using var outside = new TestHost();
        wire.Add(outside.Namespace, "10.77.0.9");
        var network = new NetworkConfig { Name = "masked", EnableIPv6 = true };
        await host.Network.CreateNetworkAsync(network, default);
        await host.Network.CreateNetworkAsync(
            network with
            {
                Name = "routed", Options = network.Options.Add("com.docker.network.bridge.enable_ip_masquerade", "false"),
            }, default);
        using var masked = await host.RunAsync("m", "masked");
        using var routed = await host.RunAsync("r", "routed");

        Assert.Empty(await HangUpAsync(masked));
        Assert.Equal(AddressesOf("r"), await HangUpAsync(routed));

        // It is nothing else that keeps it in.
        Nft.Apply(host.Namespace, "flush chain ip orch forward; flush chain ip6 orch forward");
        Assert.Equal(AddressesOf("m"), await HangUpAsync(masked));

        async Task<List<string>> HangUpAsync(TestContainer by)
        {
            using var air = Capture.Open(outside.Namespace);
            foreach (var to in new[] { "10.77.0.9", "fd77::9" }.Select(IPAddress.Parse))
            {
                Send(SocketType.Raw, ProtocolType.Tcp, to, [0x13, 0x88, 0, 80, 0, 0, 0, 1, 0, 0, 0, 0, 0x50, Reset, 0, 0, 0, 0, 0, 0]);
                Send(SocketType.Dgram, ProtocolType.Udp, to, [1]);
            }

            await Eventually.HoldsAsync(
                "what was sent after it has come", TimeSpan.FromSeconds(10), () => Task.FromResult(air.SourcesOf(Udp).Count == 2));
            return air.SourcesOf(Tcp);

            void Send(SocketType type, ProtocolType protocol, IPAddress to, byte[] data)
            {
                using var socket = by.Namespace.Run(() => new Socket(to.AddressFamily, type, protocol));
                socket.SendTo(data, new IPEndPoint(to, type == SocketType.Raw ? 0 : 9));
            }
        }

        List<string> AddressesOf(string container) =>
            [.. host.Network.GetEndpoints(container).Single().Addresses.Select(a => a.Split('/')[0])];
    }

    [RootFact]
    public async Task A_port_published_at_127_0_0_1_is_closed_to_the_wire()
    {
        await using var host = await TestHost.StartAsync("10.77.0.1");
        using var wire = TestHost.Join(host);
        await using var outside = new TestHost();
        wire.Add(outside.Namespace, "10.77.0.9");
        using var container = await host.RunAsync("c", "bridge");
        await host.Network.PublishAsync("c",
            [new PortBinding("127.0.0.1", 8053, 53, "udp"), new PortBinding("10.77.0.1", 8054, 53, "udp")], default);
        Assert.Equal("10.77.0.9", await ReachAsync("10.77.0.1", 8054, 5001));
        Assert.Equal("Silence", await ReachAsync("127.0.0.1", 8053, 5002, Wire.Shortly));

        // It is nothing else that keeps it out.
        Nft.Apply(host.Namespace, """
            flush chain ip orch prerouting
            add rule ip orch prerouting fib daddr type local jump published
            """);
        Assert.Equal("10.77.0.9", await ReachAsync("127.0.0.1", 8053, 5003));

        async Task<string> ReachAsync(string address, int port, int from, TimeSpan? wait = null)
        {
            using var ear = Wire.Listen(container.Namespace, 53);
            Wire.Forge(outside.Namespace,
                UdpPacket.Wrap("psst"u8, IPAddress.Parse("10.77.0.9"), from, IPAddress.Parse(address), port), "10.77.0.1");
            return await Wire.SenderAsync(ear, wait);
        }
    }

    /// <summary>No table is written for IPv6 where no network has it; a link-local address would be a way past that.</summary>
    [RootFact]
    public async Task The_bridge_of_a_network_without_IPv6_has_none_however_old_it_is()
    {
        await using var host = await TestHost.StartAsync();
        await host.Network.CreateNetworkAsync(new NetworkConfig { Name = "four" }, default);
        using var container = await host.RunAsync("c", "four");
        using var other = await host.RunAsync("d", "bridge");
        var bridges = new[] { $"br-{host.Network.FindNetwork("four")!.Id[..12]}", "orch0" };

        Assert.Empty(AddressesOf(host, bridges));

        foreach (var bridge in bridges) // As a daemon before this one left it, or somebody else.
            Allow(host, bridge);
        Assert.NotEmpty(AddressesOf(host, bridges));
        await host.RestartDaemonAsync(new HashSet<string> { "c", "d" });
        Assert.Empty(AddressesOf(host, bridges));

        Allow(host, "orch0");
        Assert.NotEmpty(await host.Network.CheckAsync(mend: true, default));
        Assert.Empty(AddressesOf(host, bridges));
        Assert.Empty(await host.Network.CheckAsync(mend: true, default));
    }

    [RootFact]
    public async Task A_bridge_that_somebody_gave_an_address_of_IPv6_keeps_it()
    {
        await using var host = new TestHost();
        var bridge = host.Route.EnsureBridge("br0", new BridgeSettings());
        host.Route.EnsureAddress(bridge.Index, IPAddress.Parse("192.168.5.1"), 24);
        host.Route.EnsureAddress(bridge.Index, IPAddress.Parse("fd05::1"), 64);

        await host.StartWithAsync(host.Options with { Bridge = "br0" });
        await host.Network.CheckAsync(mend: true, default);

        Assert.Contains(AddressesOf(host, ["br0"]), a => $"{a.Address}" == "fd05::1");
    }

    /// <summary>All containers' resolvers are one process, with one number of files.</summary>
    [RootFact]
    public async Task A_container_cannot_take_all_the_resolvers_connections()
    {
        await using var host = await TestHost.StartAsync();
        await host.Network.CreateNetworkAsync(new NetworkConfig { Name = "named" }, default);
        using var greedy = await host.RunAsync("greedy", "named");
        var connections = new List<Socket>();

        for (var i = 0; i < 300; i++)
            connections.Add(await Wire.ConnectAsync(greedy.Namespace, "127.0.0.11", 53));
        await Eventually.HoldsAsync("those over its number are closed", TimeSpan.FromSeconds(8), async () => await OpenAsync() <= 128);

        Assert.Equal(128, await OpenAsync());
        connections.ForEach(c => c.Dispose());

        Task<int> OpenAsync() => Task.FromResult(connections.Count(c => !c.Poll(0, SelectMode.SelectRead)));
    }

    private static void Allow(TestHost host, string bridge) => host.Namespace.Run(() =>
        File.WriteAllText($"/proc/sys/net/ipv6/conf/{bridge}/disable_ipv6", "0"));

    private static List<AddressInfo> AddressesOf(TestHost host, string[] bridges) => [..
        from bridge in bridges
        from address in host.Route.ListAddresses(AddressFamily.InterNetworkV6)
        where address.Index == host.Route.GetLink(bridge).Index
        select address];
}
