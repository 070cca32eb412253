using System.Net;
using System.Net.Sockets;
using Orchestrator.Linux.Netlink;
using Orchestrator.Linux.Nftables;
using Orchestrator.Network.Dhcp;
using Orchestrator.Network.Pipes;
using Orchestrator.Testing;

namespace Orchestrator.Network.Tests;

/// <summary>Containers that share a bridge, of which one would pass for another.</summary>
public sealed class NeighbourTests
{
    private const int Port = 5353;

    [RootFact]
    public async Task Nobody_sends_under_a_neighbours_address_but_under_one_that_is_nobodys()
    {
        await using var street = await Street.OpenAsync();
        street.Give(street.Liar, street.Victim.Address, "lo");
        street.Give(street.Liar, IPAddress.Parse("10.9.0.77"), "lo");

        Assert.Equal("Silence", await street.HearAsync(street.Victim.Address, Wire.Shortly));
        Assert.Equal("Silence", await street.HearAsync(street.Gateway, Wire.Shortly, forged: true));
        Assert.Equal("10.9.0.77", await street.HearAsync(IPAddress.Parse("10.9.0.77")));

        street.Unguard();
        Assert.Equal($"{street.Victim.Address}", await street.HearAsync(street.Victim.Address));
        Assert.Equal($"{street.Gateway}", await street.HearAsync(street.Gateway, forged: true));
    }

    [RootFact]
    public async Task A_tag_that_stands_for_no_VLAN_hides_no_neighbours_address()
    {
        await using var street = await Street.OpenAsync();
        using var ear = Wire.Listen(street.Friend.Namespace, Port);
        void Whisper() => Wire.SendTagged(
            street.Liar.Namespace, street.Victim.Address, street.Friend.Namespace, street.Friend.Address, Port);

        Whisper();
        Assert.Equal("Silence", await Wire.SenderAsync(ear, Wire.Shortly));

        street.Unguard();
        Whisper();
        Assert.Equal($"{street.Victim.Address}", await Wire.SenderAsync(ear));
    }

    [RootFact]
    public async Task Nobody_takes_a_neighbours_hardware_address()
    {
        await using var street = await Street.OpenAsync();
        using var inside = RouteSocket.Open(street.Liar.Namespace);
        Assert.Equal($"{street.Liar.Address}", await street.HearAsync(street.Liar.Address));
        using var victim = RouteSocket.Open(street.Victim.Namespace);
        inside.SetMac("eth0", victim.GetLink("eth0").Mac!.Value);

        Assert.Equal("Silence", await street.HearAsync(street.Liar.Address, Wire.Shortly));
        Assert.Equal("victim", await street.WhoIsAsync($"{street.Victim.Address}"));

        street.Unguard();
        Assert.Equal($"{street.Liar.Address}", await street.HearAsync(street.Liar.Address));
    }

    [RootFact]
    public async Task Nobody_says_that_a_neighbours_address_is_his()
    {
        await using var street = await Street.OpenAsync();
        var address = street.Victim.Address;
        street.Give(street.Liar, address, "lo");
        void Lie() => street.Announce(PacketSocket.Arp, Announcement.Answer(street.LiarsCard, address));
        Assert.Equal("victim", await street.WhoIsAsync($"{address}"));

        Lie();
        Assert.Equal("victim", await street.WhoIsAsync($"{address}"));

        street.Unguard();
        Lie();
        Assert.Equal("liar", await street.WhoIsAsync($"{address}"));
    }

    [RootFact]
    public async Task Nobody_advertises_a_neighbours_address_of_IPv6()
    {
        await using var street = await Street.OpenAsync();
        var address = street.Six("victim");
        street.Give(street.Liar, address, "lo");
        void Lie() => street.Announce(
            PacketSocket.IPv6, Announcement.Advertisement(street.LiarsCard, street.Six("liar"), address));
        Assert.Equal("victim", await street.WhoIsAsync($"{address}"));

        Lie();
        Assert.Equal("victim", await street.WhoIsAsync($"{address}"));

        street.Unguard();
        Lie();
        Assert.Equal("liar", await street.WhoIsAsync($"{address}"));
    }

    [RootFact]
    public async Task Nothing_leaves_a_bridge_under_an_address_that_is_elsewhere()
    {
        await using var street = await Street.OpenAsync();
        using var wire = TestHost.Join(street.Host);
        await using var outside = new TestHost();
        wire.Add(outside.Namespace, "10.77.0.9");
        using var there = RouteSocket.Open(outside.Namespace);
        there.SetRoute(IPNetwork.Parse("192.0.2.0/24"), IPAddress.Parse("10.77.0.1"), there.GetLink("up0").Index);
        var stranger = IPAddress.Parse("192.0.2.99");
        using var far = Wire.Listen(outside.Namespace, Port);
        using var near = Wire.Listen(street.Host.Namespace, Port);
        void Send(string to) => Wire.Forge(
            street.Liar.Namespace, UdpPacket.Wrap("psst"u8, stranger, Port, IPAddress.Parse(to), Port), $"{street.Gateway}");

        Send("10.77.0.9");
        Send("10.77.0.1");
        Assert.Equal("Silence", await Wire.SenderAsync(far, Wire.Shortly));
        Assert.Equal("Silence", await Wire.SenderAsync(near, Wire.Shortly));

        Nft.Apply(street.Host.Namespace, "flush chain ip orch strangers");
        Send("10.77.0.9");
        Send("10.77.0.1");
        Assert.Equal($"{stranger}", await Wire.SenderAsync(far));
        Assert.Equal($"{stranger}", await Wire.SenderAsync(near));
    }

    [RootFact]
    public async Task Nobody_on_a_bridge_answers_for_somebody_elsewhere()
    {
        await using var street = await Street.OpenAsync();
        await street.Host.Network.CreateNetworkAsync(new NetworkConfig { Name = "lane" }, default);
        using var far = await street.Host.RunAsync("far", "lane");
        using var wire = TestHost.Join(street.Host);
        await using var outside = new TestHost();
        wire.Add(outside.Namespace, "10.77.0.9"); // Is asked, and says nothing.
        var asked = new IPEndPoint(IPAddress.Parse("10.77.0.9"), 53);
        using var host = Wire.Listen(street.Host.Namespace, Port);
        using var neighbour = Wire.Listen(far.Namespace, Port + 1);
        host.SendTo("who?"u8, asked);
        neighbour.SendTo("who?"u8, asked); // Translated, and the answer comes to the host's address.
        void Answer(int port) => Wire.Forge(
            street.Liar.Namespace, UdpPacket.Wrap("me!"u8, asked.Address, 53, IPAddress.Parse("10.77.0.1"), port), $"{street.Gateway}");

        Answer(Port);
        Answer(Port + 1);
        Assert.Equal("Silence", await Wire.SenderAsync(host, Wire.Shortly));
        Assert.Equal("Silence", await Wire.SenderAsync(neighbour, Wire.Shortly));

        Nft.Apply(street.Host.Namespace, "flush chain ip orch strangers");
        Answer(Port);
        Answer(Port + 1);
        Assert.Equal("10.77.0.9", await Wire.SenderAsync(host));
        Assert.Equal("10.77.0.9", await Wire.SenderAsync(neighbour));
    }

    [RootFact]
    public async Task A_frame_to_a_reserved_group_address_passes_no_table_by()
    {
        await using var street = await Street.OpenAsync();
        using var victim = RouteSocket.Open(street.Victim.Namespace);
        using var inside = RouteSocket.Open(street.Liar.Namespace);
        using var ear = Wire.Listen(street.Host.Namespace, Port);
        var (own, link) = (street.LiarsCard, inside.GetLink("eth0").Index);
        void Send(byte[] packet)
        {
            using var socket = PacketSocket.Open(street.Liar.Namespace, link, PacketSocket.IPv4);
            socket.Send([0x01, 0x80, 0xc2, 0, 0, 0x0e], packet);
        }

        // It would come in by the port's own link, of which no rule speaks; nor is that to hear of routers.
        var port = street.Host.Network.GetEndpoints("liar").Single().HostInterfaceName;
        Assert.Equal("1", street.Host.Namespace.Run(() => File.ReadAllText($"/proc/sys/net/ipv6/conf/{port}/disable_ipv6").Trim()));
        Send(UdpPacket.Wrap("psst"u8, street.Liar.Address, Port, street.Gateway, Port));
        Assert.Equal("Silence", await Wire.SenderAsync(ear, Wire.Shortly));
        Assert.Equal("victim", await street.WhoIsAsync($"{street.Victim.Address}"));
        async Task<string> StealAsync()
        {
            inside.SetMac("eth0", victim.GetLink("eth0").Mac!.Value);
            Send([1]);
            inside.SetMac("eth0", own);
            return await street.WhoIsAsync($"{street.Victim.Address}", Wire.Shortly);
        }

        Assert.Equal("victim", await StealAsync());

        street.Unguard();
        street.Mute(street.Victim); // Or its own next frame leads the bridge back to it.
        Assert.Equal("Silence", await StealAsync());
    }

    [RootFact]
    public async Task Nobody_advertises_a_neighbours_address_in_pieces()
    {
        await using var street = await Street.OpenAsync();
        var address = street.Six("victim");
        street.Give(street.Liar, address, "lo");
        var whole = Announcement.Advertisement(street.LiarsCard, street.Six("liar"), address);
        const int header = 40, piece = 8;
        const byte fragment = 44, icmp = 58;
        byte[] Piece(int at, int length, bool more)
        {
            byte[] packet =
            [
                .. whole[..header], icmp, 0, 0, (byte)(at | (more ? 1 : 0)), 0, 0, 0, 7, .. whole[(header + at)..(header + at + length)],
            ];
            (packet[5], packet[6]) = ((byte)(piece + length), fragment);
            return packet;
        }

        void Lie()
        {
            street.Announce(PacketSocket.IPv6, Piece(0, piece, more: true));
            street.Announce(PacketSocket.IPv6, Piece(piece, whole.Length - header - piece, more: false));
        }

        Assert.Equal("victim", await street.WhoIsAsync($"{address}"));

        Lie();
        Assert.Equal("victim", await street.WhoIsAsync($"{address}"));

        street.Unguard();
        Lie();
        Assert.Equal("liar", await street.WhoIsAsync($"{address}"));
    }

    [RootFact]
    public async Task A_container_on_two_bridges_may_be_the_way_from_one_to_the_other()
    {
        await using var street = await Street.OpenAsync();
        await street.Host.Network.CreateNetworkAsync(new NetworkConfig { Name = "lane" }, default);
        using var far = await street.Host.RunAsync("far", "lane");
        var way = (await street.Host.Network.ConnectAsync(
            "liar", new EndpointConfig { NetworkId = "lane" }, default)).IPv4.Split('/')[0];
        street.Liar.Namespace.Run(() => File.WriteAllText("/proc/sys/net/ipv4/ip_forward", "1"));
        using var there = RouteSocket.Open(far.Namespace);
        using var here = RouteSocket.Open(street.Friend.Namespace);
        there.SetRoute(new IPNetwork(street.Friend.Address, 32), IPAddress.Parse(way), there.GetLink("eth0").Index);
        here.SetRoute(new IPNetwork(far.Address, 32), street.Liar.Address, here.GetLink("eth0").Index);
        using var server = Wire.Serve(far.Namespace, 80, "far");

        Assert.Equal($"far {street.Friend.Address}", await Wire.CallAsync(street.Friend.Namespace, $"{far.Address}", 80));
    }

    [RootFact]
    public async Task A_packet_for_the_host_in_a_frame_for_all_passes_no_look_by()
    {
        await using var street = await Street.OpenAsync();
        using var inside = RouteSocket.Open(street.Liar.Namespace);
        using var ear = Wire.Listen(street.Host.Namespace, Port);
        void Send(int from) => street.Announce(
            PacketSocket.IPv4, UdpPacket.Wrap("psst"u8, IPAddress.Parse("192.0.2.99"), from, street.Gateway, Port));

        Send(1000);
        Assert.Equal("Silence", await Wire.SenderAsync(ear, Wire.Shortly));

        Nft.Apply(street.Host.Namespace, "flush chain ip orch neighbours");
        Send(1001);
        Assert.Equal("192.0.2.99", await Wire.SenderAsync(ear));
    }

    [RootFact]
    public async Task Who_comes_later_goes_away_or_lives_through_a_restart_is_known_like_the_others()
    {
        await using var street = await Street.OpenAsync();
        await street.Host.RestartDaemonAsync();
        using var late = await street.Host.RunAsync("late", "street");
        street.Give(street.Liar, late.Address, "lo");
        street.Give(street.Liar, street.Victim.Address, "lo");
        Assert.Equal("Silence", await street.HearAsync(late.Address, Wire.Shortly));
        Assert.Equal("Silence", await street.HearAsync(street.Victim.Address, Wire.Shortly));

        await street.Host.Network.DisconnectAsync("late", "street", default);
        Assert.Equal($"{late.Address}", await street.HearAsync(late.Address));

        Nft.Apply(street.Host.Namespace, $"delete table bridge {Bridging.NeighbourTable.Name}");
        using var brief = await street.Host.RunAsync("brief", "street");
        Nft.Apply(street.Host.Namespace, $"delete table bridge {Bridging.NeighbourTable.Name}");
        await street.Host.Network.DisconnectAsync("brief", "street", default);
        street.Give(street.Liar, brief.Address, "lo");
        Assert.Equal($"{brief.Address}", await street.HearAsync(brief.Address));

        Nft.Apply(street.Host.Namespace, $"delete table bridge {Bridging.NeighbourTable.Name}");
        Assert.Contains(
            new NetworkDrift("host", "nft table bridge orch_neighbours was changed or removed"),
            await street.Host.Network.CheckAsync(mend: true, default));
        Assert.Equal("Silence", await street.HearAsync(street.Victim.Address, Wire.Shortly));
        Assert.Empty(await street.Host.Network.CheckAsync(mend: true, default));
    }

    /// <summary>A bridge with three on it: one who lies, one whom he would be, and one who is to believe it.</summary>
    private sealed class Street : IAsyncDisposable
    {
        private readonly IDisposable[] servers;

        private Street(TestHost host, TestContainer liar, TestContainer victim, TestContainer friend)
        {
            (Host, Liar, Victim, Friend) = (host, liar, victim, friend);
            Gateway = IPAddress.Parse(host.Network.GetEndpoints("liar").Single().Gateway);
            using var inside = RouteSocket.Open(liar.Namespace);
            LiarsCard = inside.GetLink("eth0").Mac!.Value;
            servers = [Wire.Serve(liar.Namespace, 80, "liar"), Wire.Serve(victim.Namespace, 80, "victim")];
        }

        public TestHost Host { get; }

        public TestContainer Liar { get; }

        public TestContainer Victim { get; }

        public TestContainer Friend { get; }

        public IPAddress Gateway { get; }

        public MacAddress LiarsCard { get; }

        public static async Task<Street> OpenAsync()
        {
            var host = await TestHost.StartAsync("10.77.0.1");
            await host.Network.CreateNetworkAsync(new NetworkConfig { Name = "street", EnableIPv6 = true }, default);
            return new Street(
                host, await host.RunAsync("liar", "street"), await host.RunAsync("victim", "street"),
                await host.RunAsync("friend", "street"));
        }

        public IPAddress Six(string id) => IPAddress.Parse(Host.Network.GetEndpoints(id).Single().IPv6!.Split('/')[0]);

        public void Give(TestContainer container, IPAddress address, string link)
        {
            using var inside = RouteSocket.Open(container.Namespace);
            inside.EnsureAddress(
                inside.GetLink(link).Index, address, address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128);
        }

        /// <returns>Under which address the friend hears of the liar, or "Silence".</returns>
        /// <param name="forged">By a packet of his own making: the address is none of his.</param>
        public async Task<string> HearAsync(IPAddress sender, TimeSpan? wait = null, bool forged = false)
        {
            using var ear = Wire.Listen(Friend.Namespace, Port);
            if (forged)
                Wire.Forge(Liar.Namespace, UdpPacket.Wrap("psst"u8, sender, Port, Friend.Address, Port), $"{Friend.Address}");
            else
                Liar.Namespace.Run(() =>
                {
                    using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
                    socket.Bind(new IPEndPoint(sender, 0));
                    socket.SendTo([1], new IPEndPoint(Friend.Address, Port));
                });
            return await Wire.SenderAsync(ear, wait);
        }

        /// <returns>Who answers the friend at an address.</returns>
        public async Task<string> WhoIsAsync(string address, TimeSpan? wait = null) =>
            (await Wire.CallAsync(Friend.Namespace, address, 80, wait)).Split(' ')[0];

        /// <summary>What it sends reaches nobody.</summary>
        public void Mute(TestContainer container) => Nft.Apply(Host.Namespace, $$"""
            table bridge mute {
              chain prerouting {
                type filter hook prerouting priority 0
                iifname "{{Host.Network.GetEndpoints(container.Id).Single().HostInterfaceName}}" drop
              }
            }
            """);

        public void Announce(ushort protocol, byte[] packet)
        {
            using var inside = RouteSocket.Open(Liar.Namespace);
            using var socket = PacketSocket.Open(Liar.Namespace, inside.GetLink("eth0").Index, protocol);
            socket.Broadcast(packet);
        }

        /// <summary>To see that it is this table alone by which a lie is not heard.</summary>
        public void Unguard() => Nft.Apply(Host.Namespace, $"flush chain bridge {Bridging.NeighbourTable.Name} prerouting");

        public async ValueTask DisposeAsync()
        {
            foreach (var server in servers)
                server.Dispose();
            Liar.Dispose();
            Victim.Dispose();
            Friend.Dispose();
            await Host.DisposeAsync();
        }
    }
}
