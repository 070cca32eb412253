using System.Net;
using System.Net.Sockets;
using System.Text;
using Orchestrator.Linux.Netlink;
using Orchestrator.Network.Dhcp;
using Orchestrator.Network.Dns;

namespace Orchestrator.Network.Tests;

/// <summary>Programs on the net, played by sockets of this process that were opened inside namespaces.</summary>
internal static class Wire
{
    /// <summary>Long enough for whatever is let through; to wait for what is not.</summary>
    public static readonly TimeSpan Shortly = TimeSpan.FromMilliseconds(400);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Serves until disposed: tells each caller its own name and whom it saw calling.</summary>
    public static IDisposable Serve(NetNamespace ns, int port, string name)
    {
        var listener = ns.Run(() =>
        {
            // Of either family; in a namespace without IPv6, too.
            var socket = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp) { DualMode = true };
            socket.Bind(new IPEndPoint(IPAddress.IPv6Any, port));
            socket.Listen(128);
            return socket;
        });
        _ = AcceptAsync(listener, name);
        return listener;
    }

    /// <summary>The same at one address, which may be had again at once, as servers of hosts ask for.</summary>
    public static IDisposable ServeAt(NetNamespace ns, IPAddress address, int port, string name)
    {
        var listener = ns.Run(() =>
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            if (address.AddressFamily == AddressFamily.InterNetworkV6)
                socket.DualMode = true;
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            socket.Bind(new IPEndPoint(address, port));
            socket.Listen(128);
            return socket;
        });
        _ = AcceptAsync(listener, name);
        return listener;
    }

    /// <returns>The server's name and the address it saw, or the error's name.</returns>
    /// <param name="wait">How long it may take; null: ten seconds.</param>
    /// <param name="from">The caller's address; null: whichever the route has.</param>
    public static async Task<string> CallAsync(
        NetNamespace ns, string address, int port, TimeSpan? wait = null, string? from = null)
    {
        var server = new IPEndPoint(IPAddress.Parse(address), port);
        using var socket = ns.Run(() => new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp));
        using var patience = new CancellationTokenSource(wait ?? Patience);
        try
        {
            if (from is not null)
                socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
            await socket.ConnectAsync(server, patience.Token);
            var buffer = new byte[256];
            var length = await socket.ReceiveAsync(buffer, patience.Token);
            return Encoding.UTF8.GetString(buffer, 0, length);
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode.ToString();
        }
        catch (OperationCanceledException)
        {
            return "Silence";
        }
    }

    /// <summary>A server behind the PROXY protocol: says who its client is and whom that asked, then echoes.</summary>
    public static IDisposable ServeProxied(NetNamespace ns, int port)
    {
        var listener = (Socket)Hold(ns, port);
        _ = AcceptProxiedAsync(listener);
        return listener;
    }

    /// <returns>The answer to one line, or the error's name.</returns>
    public static async Task<string> SayAsync(NetNamespace ns, string address, int port, string text)
    {
        try
        {
            using var socket = await ConnectAsync(ns, address, port);
            using var patience = new CancellationTokenSource(Patience);
            await socket.SendAsync(Encoding.UTF8.GetBytes(text), patience.Token);
            var buffer = new byte[256];
            return Encoding.UTF8.GetString(buffer, 0, await socket.ReceiveAsync(buffer, patience.Token));
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode.ToString();
        }
        catch (OperationCanceledException)
        {
            return "Silence";
        }
    }

    private static async Task AcceptProxiedAsync(Socket listener)
    {
        try
        {
            while (true)
                _ = EchoProxiedAsync(await listener.AcceptAsync());
        }
        catch (Exception e) when (e is ObjectDisposedException or SocketException)
        {
            // The test is over.
        }
    }

    private static async Task EchoProxiedAsync(Socket socket)
    {
        using var _ = socket;
        try
        {
            await using var stream = new NetworkStream(socket);
            var header = new byte[28]; // Of version 2, for TCP over IPv4.
            await stream.ReadExactlyAsync(header);
            var (client, server) = (new IPAddress(header.AsSpan(16, 4)), new IPAddress(header.AsSpan(20, 4)));
            var said = Encoding.UTF8.GetBytes($"{client} {server}:{(header[26] << 8) | header[27]} ");
            var buffer = new byte[256];
            while (await stream.ReadAsync(buffer) is > 0 and var count)
            {
                await stream.WriteAsync((byte[])[.. said, .. buffer[..count]]);
                said = [];
            }
        }
        catch (IOException)
        {
            // The client is gone.
        }
    }

    /// <summary>A connection that is held open; nothing is said on it.</summary>
    public static async Task<Socket> ConnectAsync(NetNamespace ns, string address, int port)
    {
        var socket = ns.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        using var patience = new CancellationTokenSource(Patience);
        await socket.ConnectAsync(IPEndPoint.Parse($"{address}:{port}"), patience.Token);
        return socket;
    }

    /// <summary>A server that lets everybody connect and says nothing.</summary>
    public static IDisposable Hold(NetNamespace ns, int port) => ns.Run(() =>
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Any, port));
        socket.Listen(16);
        return socket;
    });

    /// <returns>How often each server answered.</returns>
    public static async Task<Dictionary<string, int>> CallManyAsync(NetNamespace ns, string address, int port, int times)
    {
        var answers = new Dictionary<string, int>();
        for (var i = 0; i < times; i++)
        {
            var name = (await CallAsync(ns, address, port)).Split(' ')[0];
            answers[name] = answers.GetValueOrDefault(name) + 1;
        }

        return answers;
    }

    /// <summary>Asks the resolver of a container.</summary>
    public static async Task<(DnsCode Code, string[] Values)> ResolveAsync(NetNamespace ns, string name, DnsType type = DnsType.A)
    {
        using var socket = ns.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        await socket.ConnectAsync(IPEndPoint.Parse("127.0.0.11:53"));
        await socket.SendAsync(DnsCodec.WriteQuery(77, name, type));
        using var patience = new CancellationTokenSource(Patience);
        var buffer = new byte[4096];
        var length = await socket.ReceiveAsync(buffer, patience.Token);
        var answer = DnsCodec.ReadAnswer(buffer.AsSpan(0, length))!.Value;
        return (answer.Code, [.. answer.Records.Select(r => r.Value).Order(StringComparer.Ordinal)]);
    }

    /// <summary>Tells every datagram's sender whom it saw sending, until disposed.</summary>
    public static IDisposable Echo(NetNamespace ns, int port)
    {
        var socket = Listen(ns, port);
        _ = EchoAsync(socket);
        return socket;
    }

    /// <returns>Whom the server saw, told by the address that was asked and no other.</returns>
    public static async Task<string> AskAsync(NetNamespace ns, string address, int port)
    {
        using var socket = ns.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        await socket.ConnectAsync(IPEndPoint.Parse($"{address}:{port}"));
        await socket.SendAsync(new byte[] { 1 });
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            var buffer = new byte[64];
            return Encoding.UTF8.GetString(buffer, 0, await socket.ReceiveAsync(buffer, patience.Token));
        }
        catch (OperationCanceledException)
        {
            return "Silence";
        }
    }

    private static async Task EchoAsync(Socket socket)
    {
        var buffer = new byte[64];
        try
        {
            while (true)
            {
                var received = await socket.ReceiveFromAsync(buffer, SocketFlags.None, new IPEndPoint(IPAddress.Any, 0));
                var sender = ((IPEndPoint)received.RemoteEndPoint).Address.ToString();
                await socket.SendToAsync(Encoding.UTF8.GetBytes(sender), received.RemoteEndPoint);
            }
        }
        catch (Exception e) when (e is ObjectDisposedException or SocketException)
        {
            // The test is over.
        }
    }

    public static Socket Listen(NetNamespace ns, int port) => Listen(ns, $"0.0.0.0:{port}");

    /// <summary>Sends a packet as it is, whatever its header says, to a neighbour's hardware address: what any container
    /// may that has NET_RAW.</summary>
    public static void Forge(NetNamespace ns, byte[] packet, string neighbour)
    {
        using var socket = ns.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Raw, ProtocolType.Udp));
        socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.HeaderIncluded, true);
        socket.SendTo(packet, new IPEndPoint(IPAddress.Parse(neighbour), 0));
    }

    /// <summary>Sends every datagram back as it came, for as long as it is kept.</summary>
    public static Socket Parrot(NetNamespace ns, int port)
    {
        var socket = Listen(ns, port);
        _ = Task.Run(async () =>
        {
            var buffer = new byte[1500];
            try
            {
                while (true)
                {
                    var heard = await socket.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0));
                    await socket.SendToAsync(buffer.AsMemory(0, heard.ReceivedBytes), heard.RemoteEndPoint);
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // It is kept no more.
            }
        });
        return socket;
    }

    /// <summary>Takes datagrams at an address.</summary>
    public static Socket Listen(NetNamespace ns, string at) => ns.Run(() =>
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        for (var tries = 1; ; tries++)
        {
            try
            {
                socket.Bind(IPEndPoint.Parse(at));
                return socket;
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse && tries < 100)
            {
                Thread.Sleep(20); // One of before is closed, but what it waited for has not ended yet.
            }
        }
    });

    /// <summary>Sends a datagram in a frame with a tag of VLAN 0, which a receiver takes for one without.</summary>
    public static void SendTagged(NetNamespace from, IPAddress sender, NetNamespace to, IPAddress receiver, int port)
    {
        const ushort tagged = 0x8100;
        using var inside = RouteSocket.Open(from);
        using var outside = RouteSocket.Open(to);
        var card = outside.GetLink("eth0").Mac!.Value.Value;
        using var socket = PacketSocket.Open(from, inside.GetLink("eth0").Index, tagged);
        socket.Send(
            [.. Enumerable.Range(0, 6).Select(at => (byte)(card >> (8 * (5 - at))))],
            [0, 0, 0x08, 0, .. UdpPacket.Wrap("psst"u8, sender, port, receiver, port)]);
    }

    /// <summary>Sends one datagram.</summary>
    public static void Send(NetNamespace ns, string address, int port) => ns.Run(() =>
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.SendTo([1], IPEndPoint.Parse($"{address}:{port}"));
    });

    /// <returns>Address that the next datagram came from, or "Silence".</returns>
    /// <param name="wait">How long it may take; null: ten seconds. <see cref="Shortly"/> where nothing should come.</param>
    public static async Task<string> SenderAsync(Socket socket, TimeSpan? wait = null)
    {
        using var patience = new CancellationTokenSource(wait ?? Patience);
        try
        {
            var received = await socket.ReceiveFromAsync(
                new byte[16], SocketFlags.None, new IPEndPoint(IPAddress.Any, 0), patience.Token);
            return ((IPEndPoint)received.RemoteEndPoint).Address.ToString();
        }
        catch (OperationCanceledException)
        {
            return "Silence";
        }
    }

    /// <summary>Asks all on one TCP connection.</summary>
    /// <returns>The first address of each answer, or its code.</returns>
    public static async Task<List<string>> ResolveByTcpAsync(NetNamespace ns, IEnumerable<string> names)
    {
        using var socket = ns.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        await socket.ConnectAsync(IPEndPoint.Parse("127.0.0.11:53"));
        await using var stream = new NetworkStream(socket);
        var answers = new List<string>();
        foreach (var name in names)
        {
            var query = DnsCodec.WriteQuery(7, name, DnsType.A);
            await stream.WriteAsync((byte[])[0, (byte)query.Length, .. query]);
            var header = new byte[2];
            await stream.ReadExactlyAsync(header);
            var message = new byte[(header[0] << 8) | header[1]];
            await stream.ReadExactlyAsync(message);
            var answer = DnsCodec.ReadAnswer(message)!.Value;
            answers.Add(answer.Records.IsEmpty ? answer.Code.ToString() : answer.Records[0].Value);
        }

        return answers;
    }

    /// <summary>A name server of the world that answers everything with one address.</summary>
    public static NameServer ServeNames(NetNamespace ns, string at, string answer) => new(ns.Run(() =>
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(IPEndPoint.Parse($"{at}:53"));
        return socket;
    }), answer);

    internal sealed class NameServer : IDisposable
    {
        private readonly Socket socket;

        public NameServer(Socket socket, string answer)
        {
            this.socket = socket;
            _ = ServeAsync(answer);
        }

        public List<string> Askers { get; } = [];

        public void Dispose() => socket.Dispose();

        private async Task ServeAsync(string answer)
        {
            var buffer = new byte[512];
            try
            {
                while (true)
                {
                    var asked = await socket.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0));
                    Askers.Add(((IPEndPoint)asked.RemoteEndPoint).Address.ToString());
                    var query = DnsCodec.ReadQuery(buffer.AsSpan(0, asked.ReceivedBytes))!;
                    await socket.SendToAsync(
                        DnsCodec.WriteAnswer(query, DnsCode.NoError, [new DnsRecord(DnsType.A, answer, 60)], 512),
                            asked.RemoteEndPoint);
                }
            }
            catch (SocketException)
            {
                // Disposed.
            }
            catch (ObjectDisposedException)
            {
                // Disposed.
            }
        }
    }

    private static async Task AcceptAsync(Socket listener, string name)
    {
        try
        {
            while (true)
            {
                using var caller = await listener.AcceptAsync();
                var seen = ((IPEndPoint)caller.RemoteEndPoint!).Address;
                seen = seen.IsIPv4MappedToIPv6 ? seen.MapToIPv4() : seen;
                await caller.SendAsync(Encoding.UTF8.GetBytes($"{name} {seen}"));
            }
        }
        catch (SocketException)
        {
            // Disposed: the server is down.
        }
        catch (ObjectDisposedException)
        {
            // The same.
        }
    }
}
