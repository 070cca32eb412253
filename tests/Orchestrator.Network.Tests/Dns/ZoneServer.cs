using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Orchestrator.Linux.Netlink;
using Orchestrator.Network.Dns;

namespace Orchestrator.Network.Tests.Dns;

/// <summary>An upstream with a zone of one name; of all others it says that they are not there, and for how long.</summary>
internal sealed class ZoneServer : IDisposable
{
    private readonly Socket socket;
    private readonly string name;
    private readonly byte[] address;

    public ZoneServer(NetNamespace ns, string at, string name, string address)
    {
        (this.name, this.address) = (name, IPAddress.Parse(address).GetAddressBytes());
        socket = ns.Run(() =>
        {
            var own = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            own.Bind(IPEndPoint.Parse($"{at}:53"));
            return own;
        });
        _ = ServeAsync();
    }

    public ConcurrentQueue<string> Asked { get; } = new();

    public void Dispose() => socket.Dispose();

    private async Task ServeAsync()
    {
        var buffer = new byte[1500];
        try
        {
            while (true)
            {
                var asked = await socket.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0));
                var query = DnsCodec.ReadQuery(buffer.AsSpan(0, asked.ReceivedBytes))!;
                Asked.Enqueue(query.Name.TrimEnd('.').ToLowerInvariant());
                await socket.SendToAsync(Answer(buffer.AsSpan(0, asked.ReceivedBytes), query), asked.RemoteEndPoint);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Closed.
        }
    }

    private byte[] Answer(ReadOnlySpan<byte> asked, DnsQuery query)
    {
        var isHere = query.Name.TrimEnd('.').Equals(name, StringComparison.OrdinalIgnoreCase);
        var hasIt = isHere && query.Type == DnsType.A;
        var end = 12;
        while (asked[end] != 0)
            end += asked[end] + 1;
        end += 5; // The root's label, type, class.
        List<byte> message = [.. asked[..end]];
        message[2] = 0x85; // An answer, of whom it may concern.
        message[3] = (byte)(0x80 | (isHere ? 0 : 3));
        (message[7], message[9], message[11]) = ((byte)(hasIt ? 1 : 0), (byte)(hasIt ? 0 : 1), 0);
        message.AddRange(hasIt ? Record(1, address) : Record(6, Soa()));
        return [.. message];
    }

    private static byte[] Soa()
    {
        var soa = new byte[22]; // Two names of the root, then five numbers.
        BinaryPrimitives.WriteInt32BigEndian(soa.AsSpan(18), 20);
        return soa;
    }

    private static byte[] Record(byte type, byte[] data) =>
        [0xc0, 12, 0, type, 0, 1, 0, 0, 0, 20, 0, (byte)data.Length, .. data];
}
