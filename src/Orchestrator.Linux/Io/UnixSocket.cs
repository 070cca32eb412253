using System.Runtime.InteropServices;
using System.Text;

namespace Orchestrator.Linux.Io;

/// <summary>
/// Stream sockets of the unix family, with what .NET's do not have: credentials and passed descriptors.
/// </summary>
public static unsafe partial class UnixSocket
{
    private const int Unix = 1, Stream = 1, Cloexec = 0x80000, NonBlock = 0x800, SocketLevel = 1;

    /// <summary>The longest path that fits struct sockaddr_un.</summary>
    public const int MaxPath = 107;

    /// <summary>Bytes that were sent and that the other side has not read yet, as the kernel counts its buffers; 0 when
    /// it does not say.</summary>
    public static int Unread(System.Net.Sockets.Socket socket)
    {
        const nuint outgoing = 0x5411; // SIOCOUTQ
        var count = 0;
        return ioctl((int)socket.Handle, outgoing, &count) == 0 ? count : 0;
    }

    /// <summary>Whether the other side is gone altogether, and not only silent. TCP finds out by what is sent, its
    /// keep-alive probes included.</summary>
    public static bool HasHungUp(System.Net.Sockets.Socket socket)
    {
        const short error = 0x8, hangUp = 0x10;
        if (socket.SafeHandle.IsClosed)
            return true;
        var watched = new PollFd { Fd = (int)socket.Handle };
        return poll(&watched, 1, 0) > 0 && (watched.Happened & (error | hangUp)) != 0;
    }

    public static (FileDescriptor, FileDescriptor) Pair()
    {
        var fds = stackalloc int[2];
        LinuxException.Check(socketpair(Unix, Stream | Cloexec, 0, fds), "socketpair", "unix");
        return (new FileDescriptor(fds[0]), new FileDescriptor(fds[1]));
    }

    /// <summary>Listens, non-blocking, on a path that must not exist. Always a path of a file system: abstract names
    /// are open to everybody in the network namespace (CVE-2020-15257).</summary>
    /// <param name="blocking">Accepting waits.</param>
    public static FileDescriptor Listen(string path, bool blocking = false)
    {
        var name = Encoding.UTF8.GetBytes(path);
        if (name.Length > MaxPath)
            throw new LinuxException("bind", path, Errno.ENAMETOOLONG);
        var socketFd = New(blocking);
        var address = stackalloc byte[110];
        var length = Address(name, address);
        LinuxException.Check(bind(socketFd.Fd, address, length), "bind", path);
        LinuxException.Check(listen(socketFd.Fd, 128), "listen", path);
        return socketFd;
    }

    /// <summary>Connects to a listening path.</summary>
    public static FileDescriptor Connect(string path, bool blocking = false)
    {
        var name = Encoding.UTF8.GetBytes(path);
        if (name.Length > MaxPath)
            throw new LinuxException("connect", path, Errno.ENAMETOOLONG);
        var socketFd = New(blocking);
        var address = stackalloc byte[110];
        var length = Address(name, address);
        LinuxException.Check(connect(socketFd.Fd, address, length), "connect", path);
        return socketFd;
    }

    /// <returns>A non-blocking connection, or null: none waits.</returns>
    public static FileDescriptor? Accept(FileDescriptor listener)
    {
        var fd = accept4(listener.Fd, null, null, Cloexec | NonBlock);
        if (fd >= 0)
            return new FileDescriptor(fd);
        var errno = (Errno)Marshal.GetLastPInvokeError();
        return errno is Errno.EAGAIN or Errno.ECONNABORTED or Errno.EINTR
            ? null
            : throw new LinuxException("accept4", "unix", errno);
    }

    /// <summary>Who connected, as of then.</summary>
    public static (int Pid, uint Uid, uint Gid) PeerCredentials(FileDescriptor connection)
    {
        const int peerCredentials = 17;
        var credentials = stackalloc int[3];
        var size = 12u;
        LinuxException.Check(
            getsockopt(connection.Fd, SocketLevel, peerCredentials, credentials, &size), "getsockopt", "SO_PEERCRED");
        return (credentials[0], (uint)credentials[1], (uint)credentials[2]);
    }

    /// <summary>Reads, taking the one descriptor that may ride along.</summary>
    public static int Receive(FileDescriptor socketFd, Span<byte> buffer, out FileDescriptor? passed)
    {
        passed = null;
        fixed (byte* bytes = buffer)
        {
            var vector = new IoVector { Base = bytes, Length = (nuint)buffer.Length };
            var control = stackalloc long[3];
            var message = new MessageHeader
            {
                Vectors = &vector, VectorCount = 1, Control = (byte*)control, ControlLength = 24,
            };
            const int closeOnExec = 0x40000000;
            nint count;
            while ((count = recvmsg(socketFd.Fd, &message, closeOnExec)) < 0)
            {
                if ((Errno)Marshal.GetLastPInvokeError() != Errno.EINTR)
                    LinuxException.Check(-1, "recvmsg", "unix");
            }

            const int passedRights = 1;
            if (message.ControlLength >= 20 && ((int*)control)[3] == passedRights)
                passed = new FileDescriptor(((int*)control)[4]);
            return (int)count;
        }
    }

    /// <summary>Sends bytes with a descriptor riding along.</summary>
    public static void Send(FileDescriptor socketFd, ReadOnlySpan<byte> buffer, FileDescriptor passed)
    {
        fixed (byte* bytes = buffer)
        {
            var vector = new IoVector { Base = bytes, Length = (nuint)buffer.Length };
            var control = stackalloc long[3];
            control[0] = 20;
            ((int*)control)[2] = SocketLevel;
            ((int*)control)[3] = 1;
            ((int*)control)[4] = passed.Fd;
            var message = new MessageHeader
            {
                Vectors = &vector, VectorCount = 1, Control = (byte*)control, ControlLength = 24,
            };
            LinuxException.Check(sendmsg(socketFd.Fd, &message, 0x4000), "sendmsg", "unix");
        }
    }

    private static FileDescriptor New(bool blocking) =>
        new(LinuxException.Check(socket(Unix, Stream | Cloexec | (blocking ? 0 : NonBlock), 0), "socket", "unix"));

    private static uint Address(ReadOnlySpan<byte> path, byte* address)
    {
        var bytes = new Span<byte>(address, 110);
        bytes.Clear();
        bytes[0] = Unix;
        path.CopyTo(bytes[2..]);
        return (uint)(2 + path.Length + 1);
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct IoVector
    {
        public byte* Base;
        public nuint Length;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct MessageHeader
    {
        public byte* Name;
        public uint NameLength;
        public IoVector* Vectors;
        public nuint VectorCount;
        public byte* Control;
        public nuint ControlLength;
        public int Flags;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int ioctl(int fd, nuint request, int* argument);

    [LibraryImport("libc", SetLastError = true)] private static partial int socket(int domain, int type, int protocol);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int socketpair(int domain, int type, int protocol, int* fds);

    internal struct PollFd
    {
        public int Fd;
        public short Events;
        public short Happened;
    }

    [LibraryImport("libc", SetLastError = true)] private static partial int poll(PollFd* fds, nuint count, int milliseconds);
    [LibraryImport("libc", SetLastError = true)] private static partial int bind(int fd, byte* address, uint length);
    [LibraryImport("libc", SetLastError = true)] private static partial int connect(int fd, byte* address, uint length);
    [LibraryImport("libc", SetLastError = true)] private static partial int listen(int fd, int backlog);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int accept4(int fd, byte* address, uint* length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int getsockopt(int fd, int level, int name, int* value, uint* size);

    [LibraryImport("libc", SetLastError = true)] private static partial nint recvmsg(
        int fd, MessageHeader* message, int flags);
    [LibraryImport("libc", SetLastError = true)] private static partial nint sendmsg(
        int fd, MessageHeader* message, int flags);
}
