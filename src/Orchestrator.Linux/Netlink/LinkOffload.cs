using System.Runtime.InteropServices;
using System.Text;

namespace Orchestrator.Linux.Netlink;

/// <summary>What a link leaves to others of a packet. Source: linux/ethtool.h, netdevice(7).</summary>
public static partial class LinkOffload
{
    private const int AF_INET = 2, SOCK_DGRAM = 2, SOCK_CLOEXEC = 0x80000;
    private const uint SIOCETHTOOL = 0x8946, ETHTOOL_STXCSUM = 0x17, ETHTOOL_GGRO = 0x2b, ETHTOOL_SGRO = 0x2c;

    /// <summary>Has the kernel write the checksums of what leaves by a link of the calling thread's namespace: whoever
    /// reads packets at the other end of a veth gets them without.</summary>
    /// <exception cref="LinuxException">ENODEV. EOPNOTSUPP: the link has nothing of the kind.</exception>
    public static void Sum(string link) => Ask(link, ETHTOOL_STXCSUM, 0);

    /// <summary>Are packets of one stream that arrive by a link put together, before they go on?</summary>
    /// <exception cref="LinuxException">ENODEV.</exception>
    public static bool Gathers(string link) => Ask(link, ETHTOOL_GGRO, 0) != 0;

    /// <summary>Has them put together or not (generic receive offload).</summary>
    /// <exception cref="LinuxException">ENODEV.</exception>
    public static void Gather(string link, bool gathers) => Ask(link, ETHTOOL_SGRO, gathers ? 1u : 0);

    private static unsafe uint Ask(string link, uint command, uint argument)
    {
        var socket = LinuxException.Check(socket_(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), "socket", "AF_INET");
        try
        {
            var value = stackalloc uint[] { command, argument };
            var request = new InterfaceRequest { Data = value };
            Encoding.ASCII.GetBytes(link, new Span<byte>(request.Name, 15));
            LinuxException.Check(ioctl(socket, SIOCETHTOOL, ref request), "ioctl", $"SIOCETHTOOL {link}");
            return value[1];
        }
        finally
        {
            close(socket);
        }
    }

    /// <summary>struct ifreq: 16 bytes of name, 24 of union.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 40)]
    private unsafe struct InterfaceRequest
    {
        public fixed byte Name[16];
        public void* Data;
    }

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int socket_(int domain, int type, int protocol);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int ioctl(int fd, nuint request, ref InterfaceRequest argument);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int close(int fd);
}
