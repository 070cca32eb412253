using System.Buffers.Binary;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Orchestrator.Linux.Netlink;

/// <summary>Packets of one protocol on one link, below IP: for whoever has no address yet.</summary>
/// <remarks>Belongs to the namespace of the thread that opened it. Blocking, one caller at a time. Source:
/// packet(7).</remarks>
public sealed unsafe partial class PacketSocket : SafeHandleMinusOneIsInvalid
{
    public const ushort IPv4 = 0x0800, Arp = 0x0806, IPv6 = 0x86dd;

    private const int AF_PACKET = 17, SOCK_DGRAM = 2, SOCK_CLOEXEC = 0x80000, MSG_DONTWAIT = 0x40;
    private const short POLLIN = 1;

    private readonly int index;
    private readonly ushort protocol;

    private PacketSocket(int fd, int index, ushort protocol) : base(ownsHandle: true)
    {
        (this.index, this.protocol) = (index, protocol);
        SetHandle(fd);
    }

    /// <param name="protocol">An EtherType: <see cref="IPv4"/>, <see cref="IPv6"/> or <see cref="Arp"/>.</param>
    /// <exception cref="LinuxException">ENODEV: there is no such link.</exception>
    public static PacketSocket Open(NetNamespace ns, int index, ushort protocol) => ns.Run(() =>
    {
        // Bound before a protocol is chosen, or packets of other links would already be in it.
        var fd = LinuxException.Check(socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0), "socket", "packet");
        var packets = new PacketSocket(fd, index, protocol);
        try
        {
            var address = packets.Address([]);
            LinuxException.Check(bind(fd, &address, (uint)sizeof(LinkAddress)), "bind", $"link {index}");
            return packets;
        }
        catch
        {
            packets.Dispose();
            throw;
        }
    });

    /// <summary>For whoever hears such packets among other things, without a thread of its own.</summary>
    /// <inheritdoc cref="Open"/>
    public static Socket OpenSocket(NetNamespace ns, int index, ushort protocol)
    {
        using var packets = Open(ns, index, protocol);
        packets.SetHandleAsInvalid(); // It is the socket's from here on.
        return new Socket(new SafeSocketHandle(packets.handle, ownsHandle: true));
    }

    /// <summary>Sends to every station of the link, what follows the Ethernet header.</summary>
    /// <exception cref="LinuxException">ENETDOWN: the link is down.</exception>
    public void Broadcast(ReadOnlySpan<byte> packet) => Send([0xff, 0xff, 0xff, 0xff, 0xff, 0xff], packet);

    /// <param name="mac">A station of the link, or a group of them.</param>
    /// <param name="packet">What follows the Ethernet header.</param>
    /// <exception cref="LinuxException">ENETDOWN: the link is down.</exception>
    public void Send(ReadOnlySpan<byte> mac, ReadOnlySpan<byte> packet)
    {
        var address = Address(mac);
        fixed (byte* start = packet)
        {
            LinuxException.Check(
                sendto((int)handle, start, (nuint)packet.Length, 0, &address, (uint)sizeof(LinkAddress)), "sendto",
                $"link {index}");
        }
    }

    /// <summary>Waits for one packet.</summary>
    /// <returns>Its length; 0: none came in time.</returns>
    public int Receive(Span<byte> buffer, TimeSpan limit)
    {
        var wait = new PollEntry { Descriptor = (int)handle, Events = POLLIN };
        var ready = poll(&wait, 1, (int)Math.Clamp(limit.TotalMilliseconds, 0, int.MaxValue));
        if (ready <= 0)
            return 0; // Time is over, or a signal came: the caller asks again.
        fixed (byte* start = buffer)
        {
            var length = recv((int)handle, start, (nuint)buffer.Length, MSG_DONTWAIT);
            // Of a link that went down the socket says so once; it may come up again.
            return length < 0 ? 0 : (int)length;
        }
    }

    protected override bool ReleaseHandle() => close((int)handle) == 0;

    private LinkAddress Address(ReadOnlySpan<byte> mac)
    {
        var address = new LinkAddress
        {
            Family = AF_PACKET,
            Protocol = BinaryPrimitives.ReverseEndianness(protocol),
            Index = index,
            Length = (byte)mac.Length,
        };
        mac.CopyTo(new Span<byte>(address.Mac, 8));
        return address;
    }

    /// <summary>struct sockaddr_ll.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct LinkAddress
    {
        public ushort Family;
        public ushort Protocol;
        public int Index;
        public ushort HardwareType;
        public byte PacketType;
        public byte Length;
        public fixed byte Mac[8];
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct PollEntry
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int socket(int domain, int type, int protocol);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int close(int fd);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int bind(int fd, LinkAddress* address, uint size);

    [LibraryImport("libc", SetLastError = true)]
    private static partial long sendto(
        int fd, byte* bytes, nuint length, int flags, LinkAddress* address, uint size);

    [LibraryImport("libc", SetLastError = true)]
    private static partial long recv(int fd, byte* bytes, nuint length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int poll(PollEntry* entries, nuint count, int milliseconds);
}
