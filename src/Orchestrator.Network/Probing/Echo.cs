using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Orchestrator.Linux.Netlink;

namespace Orchestrator.Network.Probing;

/// <summary>Asks for echoes from inside one namespace, under one address. One question at a time.</summary>
/// <remarks>Packets must not be fragmented, so that size is tested, too. Source: RFC 792, RFC 4443
/// §4.</remarks>
internal sealed class Echo : IDisposable
{
    private const int IcmpHeader = 8;

    private readonly Socket socket;
    private readonly bool isIPv6;
    private readonly ushort id = (ushort)Random.Shared.Next(1, ushort.MaxValue);
    private ushort sequence;

    private Echo(Socket socket) => (this.socket, isIPv6) = (socket, socket.AddressFamily == AddressFamily.InterNetworkV6);

    /// <exception cref="SocketException">The namespace has no such address.</exception>
    public static Echo Open(NetNamespace ns, IPAddress source) => ns.Run(() =>
    {
        var socket = NewSocket(source.AddressFamily);
        try
        {
            socket.Bind(new IPEndPoint(source, 0));
            return new Echo(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    });

    /// <param name="size">Of the whole packet.</param>
    /// <returns>Time to the answer; null: there was none in time, or the packet is too large for the first link.</returns>
    public async Task<TimeSpan?> AskAsync(
        IPAddress target, int size, TimeSpan patience, CancellationToken cancellationToken)
    {
        var packet = Packet(size);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(patience);
        var asked = Stopwatch.GetTimestamp();
        try
        {
            await socket.SendToAsync(packet, SocketFlags.None, new IPEndPoint(target, 0), limit.Token);
            while (!await IsAnswerAsync(limit.Token))
            {
            }

            return Stopwatch.GetElapsedTime(asked);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
        catch (SocketException)
        {
            return null; // No route, too large, or told to be unreachable.
        }
    }

    public void Dispose() => socket.Dispose();

    private static Socket NewSocket(AddressFamily family)
    {
        const int IPPROTO_IPV6 = 41, IPV6_DONTFRAG = 62;
        if (family == AddressFamily.InterNetwork)
            return new Socket(family, SocketType.Raw, ProtocolType.Icmp) { DontFragment = true };
        var socket = new Socket(family, SocketType.Raw, ProtocolType.IcmpV6);
        socket.SetRawSocketOption(IPPROTO_IPV6, IPV6_DONTFRAG, BitConverter.GetBytes(1));
        return socket;
    }

    private byte[] Packet(int size)
    {
        var packet = new byte[Math.Max(IcmpHeader, size - (isIPv6 ? 40 : 20))];
        packet[0] = (byte)(isIPv6 ? 128 : 8);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(4), id);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(6), ++sequence);
        if (!isIPv6) // Of that the kernel writes the sum itself.
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), Checksum(packet));
        return packet;
    }

    private async Task<bool> IsAnswerAsync(CancellationToken cancellationToken)
    {
        var buffer = new byte[128]; // The rest of a larger answer is cut off.
        var length = await socket.ReceiveAsync(buffer, SocketFlags.None, cancellationToken);
        var start = isIPv6 ? 0 : (buffer[0] & 0xf) * 4; // Raw sockets of IPv4 are given the IP header, too.
        return length >= start + IcmpHeader && buffer[start] == (isIPv6 ? 129 : 0)
            && BinaryPrimitives.ReadUInt16BigEndian(buffer.AsSpan(start + 4)) == id
            && BinaryPrimitives.ReadUInt16BigEndian(buffer.AsSpan(start + 6)) == sequence;
    }

    private static ushort Checksum(ReadOnlySpan<byte> packet)
    {
        uint sum = 0;
        for (var i = 0; i < packet.Length; i += 2)
            sum += (uint)(packet[i] << 8) + (i + 1 < packet.Length ? packet[i + 1] : 0u);
        while (sum > 0xffff)
            sum = (sum & 0xffff) + (sum >> 16);
        return (ushort)~sum;
    }
}
