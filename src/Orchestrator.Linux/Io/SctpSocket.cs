using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Orchestrator.Linux.Io;

/// <summary>A socket of SCTP that listens and connects like one of TCP. .NET asks the kernel only for protocols that it
/// knows itself, but takes a socket of any.</summary>
/// <remarks>Source: sctp(7).</remarks>
public static partial class SctpSocket
{
    private const int AF_INET = 2;
    private const int AF_INET6 = 10;
    private const int SOCK_STREAM = 1;
    private const int SOCK_CLOEXEC = 0x80000;
    private const int IPPROTO_SCTP = 132;

    /// <exception cref="LinuxException">EPROTONOSUPPORT: the kernel has no SCTP.</exception>
    public static Socket Open(AddressFamily family)
    {
        var domain = family == AddressFamily.InterNetworkV6 ? AF_INET6 : AF_INET;
        var descriptor = LinuxException.Check(socket(domain, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_SCTP), "socket", "sctp");
        return new Socket(new SafeSocketHandle(descriptor, ownsHandle: true));
    }

    [LibraryImport("libc", SetLastError = true)] private static partial int socket(int domain, int type, int protocol);
}
