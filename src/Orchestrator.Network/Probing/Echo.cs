using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Orchestrator.Linux.Netlink;

namespace Orchestrator.Network.Probing;

/// <summary>Asks for echoes from inside one namespace, under one address. One question at a time.</summary>
/// <remarks>Packets must not be fragmented, so that size is tested, too. Source: RFC 792.</remarks>
internal sealed class Echo : IDisposable
{
    /// <summary>Bytes of a packet before the payload: IP and ICMP.</summary>
    public const int Headers = 28;

    private const int IcmpHeader = 8, Request = 8, Reply = 0;

    private readonly Socket socket;
    private readonly ushort id = (ushort)Random.Shared.Next(1, ushort.MaxValue);
    private ushort sequence;

    private Echo(Socket socket) => this.socket = socket;

    /// <exception cref="SocketException">The namespace has no such address.</exception>
    public static Echo Open(NetNamespace ns, IPAddress source) => ns.Run(() =>
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Raw, ProtocolType.Icmp) { DontFragment = true };
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

    private byte[] Packet(int size)
    {
        var packet = new byte[Math.Max(IcmpHeader, size - Headers + IcmpHeader)];
        packet[0] = Request;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(4), id);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(6), ++sequence);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), Checksum(packet));
        return packet;
    }

    private async Task<bool> IsAnswerAsync(CancellationToken cancellationToken)
    {
        var buffer = new byte[128]; // The rest of a larger answer is cut off.
        var length = await socket.ReceiveAsync(buffer, SocketFlags.None, cancellationToken);
        var start = (buffer[0] & 0xf) * 4; // Raw sockets are given the IP header, too.
        return length >= start + IcmpHeader && buffer[start] == Reply
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
