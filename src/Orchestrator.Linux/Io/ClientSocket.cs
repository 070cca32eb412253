using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace Orchestrator.Linux.Io;

/// <summary>Blocking sockets for a thread that does nothing but send. Neither connecting nor sending waits for longer
/// than the limit.</summary>
/// <remarks>.NET's own would do, but bring a resolver of names and a pool of threads into a program that is one thread
/// and linked statically. Source: socket(7), SO_SNDTIMEO.</remarks>
public static unsafe partial class ClientSocket
{
    private const int Unix = 1, Inet = 2, Inet6 = 10, Stream = 1, Datagram = 2, Cloexec = 0x80000;
    private const int SocketLevel = 1, ReceiveTimeout = 20, SendTimeout = 21, NoSignal = 0x4000;

    /// <summary>Connects to a path.</summary>
    /// <exception cref="LinuxException">ENOENT, ECONNREFUSED; EPROTOTYPE: it is of the other kind.</exception>
    public static FileDescriptor ConnectUnix(string path, bool datagram, TimeSpan limit)
    {
        var name = Encoding.UTF8.GetBytes(path);
        if (name.Length > UnixSocket.MaxPath)
            throw new LinuxException("connect", path, Errno.ENAMETOOLONG);
        var address = stackalloc byte[110];
        var bytes = new Span<byte>(address, 110);
        bytes.Clear();
        bytes[0] = Unix;
        name.CopyTo(bytes[2..]);
        return Connect(Unix, datagram, address, (uint)(2 + name.Length + 1), path, limit);
    }

    /// <exception cref="LinuxException">ECONNREFUSED, ETIMEDOUT (as EINPROGRESS), ENETUNREACH.</exception>
    public static FileDescriptor Connect(IPEndPoint end, bool datagram, TimeSpan limit)
    {
        var address = stackalloc byte[28];
        var bytes = new Span<byte>(address, 28);
        bytes.Clear();
        var isFour = end.AddressFamily == AddressFamily.InterNetwork;
        MemoryMarshal.Write(bytes, (ushort)(isFour ? Inet : Inet6)); // sa_family is in the host's order.
        BinaryPrimitives.WriteUInt16BigEndian(bytes[2..], (ushort)end.Port);
        end.Address.TryWriteBytes(bytes[(isFour ? 4 : 8)..], out _);
        return Connect(isFour ? Inet : Inet6, datagram, address, isFour ? 16u : 28u, end.ToString(), limit);
    }

    /// <summary>Sends all of it, or of a datagram socket one datagram.</summary>
    /// <exception cref="LinuxException">EPIPE, ECONNRESET; EAGAIN: the limit is over; EMSGSIZE.</exception>
    public static void Send(FileDescriptor socketFd, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            nint sent;
            fixed (byte* start = bytes)
                sent = send(socketFd.Fd, start, (nuint)bytes.Length, NoSignal);
            if (sent >= 0)
                bytes = bytes[(int)sent..];
            else if ((Errno)Marshal.GetLastPInvokeError() is var errno and not Errno.EINTR)
                throw new LinuxException("send", "socket", errno);
        }
    }

    /// <summary>Neither reading nor sending waits for longer from here on.</summary>
    public static void Limit(FileDescriptor socketFd, TimeSpan limit)
    {
        foreach (var which in (ReadOnlySpan<int>)[SendTimeout, ReceiveTimeout])
            Limit(socketFd, which, limit);
    }

    private static void Limit(FileDescriptor socketFd, int which, TimeSpan limit)
    {
        var time = stackalloc long[2];
        (time[0], time[1]) = ((long)limit.TotalSeconds, limit.Milliseconds * 1000L);
        LinuxException.Check(setsockopt(socketFd.Fd, SocketLevel, which, time, 16), "setsockopt", "SO_SNDTIMEO");
    }

    private static FileDescriptor Connect(
        int family, bool datagram, byte* address, uint length, string subject, TimeSpan limit)
    {
        var made = new FileDescriptor(LinuxException.Check(
            socket(family, (datagram ? Datagram : Stream) | Cloexec, 0), "socket", subject));
        try
        {
            Limit(made, SendTimeout, limit);
            LinuxException.Check(connect(made.Fd, address, length), "connect", subject);
            return made;
        }
        catch
        {
            made.Dispose();
            throw;
        }
    }

    [LibraryImport("libc", SetLastError = true)] private static partial int socket(int domain, int type, int protocol);
    [LibraryImport("libc", SetLastError = true)] private static partial int connect(int fd, byte* address, uint length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setsockopt(int fd, int level, int name, void* value, uint size);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint send(int fd, byte* buffer, nuint length, int flags);
}
