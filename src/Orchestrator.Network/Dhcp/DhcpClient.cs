using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Orchestrator.Linux;
using Orchestrator.Linux.Netlink;

namespace Orchestrator.Network.Dhcp;

/// <summary>Asks the servers of one link for an address. Blocking: give it a thread.</summary>
/// <param name="ns">Namespace of the link, which is up.</param>
/// <param name="hostname">What the server may put into its names.</param>
internal sealed class DhcpClient(NetNamespace ns, LinkInfo link, string hostname)
{
    private const int ServerPort = 67, ClientPort = 68;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1), Longest = TimeSpan.FromSeconds(16);
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(200);

    /// <summary>The link is there, as far as can be told just now.</summary>
    public bool HasLink
    {
        get
        {
            try
            {
                using var inside = RouteSocket.Open(ns);
                return inside.FindLink(link.Name)?.Index == link.Index;
            }
            catch (IOException)
            {
                return true;
            }
        }
    }

    private MacAddress Mac => link.Mac ?? default;

    /// <summary>Until a server lends an address, however long that takes.</summary>
    /// <param name="former">Address that was ours: asked for first, without a round for offers.</param>
    public DhcpLease Acquire(IPAddress? former, CancellationToken cancellationToken)
    {
        using var socket = PacketSocket.Open(ns, link.Index, PacketSocket.IPv4);
        var wish = former;
        for (var patience = Patience; ; patience = patience * 2 < Longest ? patience * 2 : Longest)
        {
            if (former is not null && Request(socket, former, server: null, patience, cancellationToken) is { } same)
                return same;
            former = null; // Refused, or nobody knows of it: it may be free all the same.
            var offer = Ask(
                socket, New(DhcpType.Discover) with { Requested = wish }, patience, answer => answer.Type == DhcpType.Offer, cancellationToken);
            if (offer is { Given: { } address, Server: { } server }
                && Request(socket, address, server, patience, cancellationToken) is { } lease)
                return lease;
        }
    }

    /// <summary>Asks the server that lent an address to prolong it.</summary>
    /// <returns>Null: it did not answer.</returns>
    /// <exception cref="DhcpRefusedException">The address is not ours any more.</exception>
    public DhcpLease? Renew(DhcpLease lease)
    {
        var asked = DateTimeOffset.UtcNow;
        var own = AddressOf(lease);
        var request = New(DhcpType.Request) with { Client = own };
        // A refusal is told to all on the link, which a socket of one address does not hear.
        using var ears = PacketSocket.Open(ns, link.Index, PacketSocket.IPv4);
        try
        {
            using var socket = ns.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
            socket.Bind(new IPEndPoint(own, ClientPort));
            socket.SendTo(DhcpCodec.Write(request), new IPEndPoint(IPAddress.Parse(lease.Server), ServerPort));
            return Answer(Listen(ears, request, Patience, IsVerdict, CancellationToken.None), request, asked);
        }
        catch (SocketException)
        {
            return null;
        }
    }

    /// <summary>As <see cref="Renew"/>, but asks whoever is there.</summary>
    /// <inheritdoc cref="Renew"/>
    public DhcpLease? Rebind(DhcpLease lease, CancellationToken cancellationToken)
    {
        var asked = DateTimeOffset.UtcNow;
        using var socket = PacketSocket.Open(ns, link.Index, PacketSocket.IPv4);
        var request = New(DhcpType.Request) with { Client = AddressOf(lease) };
        return Answer(Ask(socket, request, Patience, IsVerdict, cancellationToken), request, asked);
    }

    /// <summary>Gives an address back. Nobody answers.</summary>
    public void Release(DhcpLease lease)
    {
        try
        {
            using var socket = ns.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
            socket.Bind(new IPEndPoint(AddressOf(lease), ClientPort));
            var server = IPAddress.Parse(lease.Server);
            socket.SendTo(
                DhcpCodec.Write(new DhcpMessage(DhcpType.Release, Number(), Mac) { Client = AddressOf(lease), Server = server }),
                new IPEndPoint(server, ServerPort));
        }
        catch (SocketException)
        {
            // The server finds out when the lease is over.
        }
    }

    private static IPAddress AddressOf(DhcpLease lease) => IPAddress.Parse(lease.Address.Split('/')[0]);

    private static bool IsVerdict(DhcpMessage answer) => answer.Type is DhcpType.Ack or DhcpType.Nak;

    private static uint Number() => BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(4));

    private DhcpMessage New(DhcpType type) => new(type, Number(), Mac) { Hostname = hostname };

    private static DhcpLease? Answer(DhcpMessage? answer, DhcpMessage request, DateTimeOffset asked)
    {
        if (answer is null || answer.Transaction != request.Transaction)
            return null;
        return answer.Type == DhcpType.Nak ? throw new DhcpRefusedException(answer.Text) : DhcpLease.Of(answer, asked);
    }

    private DhcpLease? Request(
        PacketSocket socket, IPAddress address, IPAddress? server, TimeSpan patience, CancellationToken cancellationToken)
    {
        var asked = DateTimeOffset.UtcNow;
        var request = New(DhcpType.Request) with { Requested = address, Server = server };
        var answer = Ask(socket, request, patience, IsVerdict, cancellationToken);
        return answer is { Type: DhcpType.Ack } ? DhcpLease.Of(answer, asked) : null;
    }

    /// <summary>Sends to all and waits for the first answer that fits. Null: none came.</summary>
    private DhcpMessage? Ask(
        PacketSocket socket, DhcpMessage message, TimeSpan patience, Func<DhcpMessage, bool> fits,
        CancellationToken cancellationToken)
    {
        try
        {
            socket.Broadcast(UdpPacket.Wrap(
                DhcpCodec.Write(message), message.Client ?? IPAddress.Any, ClientPort, IPAddress.Broadcast, ServerPort));
        }
        catch (LinuxException)
        {
            // The link is down just now; what was lost on the wire is asked again too.
        }

        return Listen(socket, message, patience, fits, cancellationToken);
    }

    private DhcpMessage? Listen(
        PacketSocket socket, DhcpMessage message, TimeSpan patience, Func<DhcpMessage, bool> fits,
        CancellationToken cancellationToken)
    {
        var start = TimeProvider.System.GetTimestamp();
        var buffer = new byte[2048];
        while (TimeProvider.System.GetElapsedTime(start) is var passed && passed < patience)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var wait = patience - passed < Slice ? patience - passed : Slice;
            var length = socket.Receive(buffer, wait);
            var payload = UdpPacket.Unwrap(buffer.AsSpan(0, length), ClientPort);
            if (DhcpCodec.Read(payload) is { } answer && answer.Transaction == message.Transaction
                && answer.Mac == Mac && fits(answer))
                return answer;
        }

        return null;
    }
}

/// <summary>The server says that an address is not ours.</summary>
#pragma warning disable CA1032 // There is only one reason.
internal sealed class DhcpRefusedException(string text) : Exception($"the DHCP server refused: {text}");
