using System.Net;
using System.Net.Sockets;
using Orchestrator.Linux.Netlink;

namespace Orchestrator.Network.Tests;

/// <summary>Listens to everything that passes by the links of a namespace.</summary>
internal sealed class Capture : IDisposable
{
    private readonly Socket socket;
    private readonly List<byte[]> frames = [];

    private Capture(Socket socket)
    {
        this.socket = socket;
        socket.ReceiveBufferSize = 4 << 20;
    }

    public static Capture Open(NetNamespace ns)
    {
        const int everyProtocol = 0x0300; // ETH_P_ALL, in the order of the wire
        return new Capture(ns.Run(
            () => new Socket(AddressFamily.Packet, SocketType.Raw, (ProtocolType)everyProtocol)));
    }

    /// <returns>IPv4 packets heard so far of a protocol and, where it is UDP, to a port.</returns>
    public int Count(byte protocol, int port = 0)
    {
        Hear();
        return frames.Count(f => f.Length > 38 && f[12] == 8 && f[13] == 0 && f[23] == protocol
            && (port == 0 || f[36] << 8 == (port & 0xff00) && f[37] == (port & 0xff)));
    }

    /// <returns>Where packets of a protocol came from that were heard so far, those of IPv6 last.</returns>
    public List<string> SourcesOf(byte protocol)
    {
        Hear();
        return
        [
            .. frames.Where(f => f.Length >= 34 && f[12] == 0x08 && f[13] == 0 && f[23] == protocol)
                .Select(f => $"{new IPAddress(f[26..30])}").Distinct(),
            .. frames.Where(f => f.Length >= 54 && f[12] == 0x86 && f[13] == 0xdd && f[20] == protocol)
                .Select(f => $"{new IPAddress(f[22..38])}").Distinct(),
        ];
    }

    public void Dispose() => socket.Dispose();

    private void Hear()
    {
        var buffer = new byte[65536];
        while (socket.Available > 0)
            frames.Add(buffer[..socket.Receive(buffer)]);
    }
}
