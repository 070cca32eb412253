using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Orchestrator.Linux.Files;

namespace Orchestrator.Linux.Io;

/// <summary>An owned file descriptor for plain, non-blocking I/O in an event loop. Always CLOEXEC.</summary>
public sealed unsafe partial class FileDescriptor : SafeHandleMinusOneIsInvalid
{
    public FileDescriptor(int fd) : this(fd, owned: true)
    {
    }

    private FileDescriptor(int fd, bool owned) : base(owned) => SetHandle(fd);

    /// <summary>A view of a descriptor that belongs to somebody else, as a standard stream; never closes it.</summary>
    public static FileDescriptor Borrow(int fd) => new(fd, owned: false);

    public int Fd => (int)handle;

    /// <summary>
    /// A path of this very file, for calls that only take one; valid in this process while this is open.
    /// </summary>
    public string ProcPath => $"/proc/self/fd/{Fd}";

    public FileKind Kind
    {
        get
        {
            LinuxException.Check(
                LibcFiles.fstatat(Fd, "", out var status, LibcFiles.AT_EMPTY_PATH), "fstatat", "file descriptor");
            return status.Kind;
        }
    }

    /// <summary>The group stays.</summary>
    public void ChangeOwner(uint uid) =>
        LinuxException.Check(
            LibcFiles.fchownat(Fd, "", uid, uint.MaxValue, LibcFiles.AT_EMPTY_PATH), "fchownat", "file descriptor");

    public static FileDescriptor Open(string path, OpenFlags flags, uint mode = 0) =>
        new(LinuxException.Check(
            LibcFiles.openat(LibcFiles.AT_FDCWD, path, (int)(flags | OpenFlags.O_CLOEXEC), mode), "open", path));

    /// <summary>A copy with a number of at least <paramref name="atLeast"/>.</summary>
    public FileDescriptor Duplicate(int atLeast = 3)
    {
        const int duplicateCloexec = 1030;
        return new(LinuxException.Check(fcntl(Fd, duplicateCloexec, atLeast), "fcntl", "F_DUPFD_CLOEXEC"));
    }

    public static (FileDescriptor Read, FileDescriptor Write) Pipe(bool nonBlockingRead = false)
    {
        var fds = stackalloc int[2];
        LinuxException.Check(pipe2(fds, (int)OpenFlags.O_CLOEXEC), "pipe2", "pipe");
        var pair = (new FileDescriptor(fds[0]), new FileDescriptor(fds[1]));
        if (nonBlockingRead)
            pair.Item1.SetNonBlocking();
        return pair;
    }

    /// <summary>A counter (eventfd), non-blocking: readable once somebody wrote eight bytes that are not zero.</summary>
    public static FileDescriptor Event()
    {
        const int flags = (int)(OpenFlags.O_CLOEXEC | OpenFlags.O_NONBLOCK);
        return new(LinuxException.Check(eventfd(0, flags), "eventfd", "event"));
    }

    /// <summary>Asks for a pipe of this many bytes. One that the kernel does not grant stays as it was.</summary>
    public void TryGrowPipe(int bytes)
    {
        const int setPipeSize = 1031;
        _ = fcntl(Fd, setPipeSize, bytes);
    }

    /// <summary>Cuts the file off after so many bytes.</summary>
    public void Truncate(long length) => LinuxException.Check(ftruncate(Fd, length), "ftruncate", "file descriptor");

    /// <summary>Returns when content and size are on disk.</summary>
    public void Sync() => LinuxException.Check(LibcFiles.fsync(Fd), "fsync", "file descriptor");

    public void SetNonBlocking()
    {
        const int getFlags = 3, setFlags = 4;
        var flags = LinuxException.Check(fcntl(Fd, getFlags, 0), "fcntl", "F_GETFL");
        LinuxException.Check(fcntl(Fd, setFlags, flags | (int)OpenFlags.O_NONBLOCK), "fcntl", "F_SETFL");
    }

    /// <summary>Makes this file also number <paramref name="target"/> of this process (a standard stream).</summary>
    public void CopyOnto(int target) => LinuxException.Check(dup2(Fd, target), "dup2", $"fd {target}");

    /// <returns>Bytes read; 0 at the end; -1 when nothing is there yet (EAGAIN).</returns>
    public int Read(Span<byte> buffer)
    {
        fixed (byte* bytes = buffer)
        {
            while (true)
            {
                var count = read(Fd, bytes, (nuint)buffer.Length);
                if (count >= 0)
                    return (int)count;
                if (Retry("read"))
                    return -1;
            }
        }
    }

    /// <summary>Reads at an offset of a file; its position stays.</summary>
    public int ReadAt(Span<byte> buffer, long offset)
    {
        fixed (byte* bytes = buffer)
            return (int)LinuxException.Check(
                (int)pread(Fd, bytes, (nuint)buffer.Length, offset), "pread", "file descriptor");
    }

    /// <returns>Bytes written, maybe fewer than given; -1 when there is no room yet (EAGAIN).</returns>
    /// <exception cref="LinuxException">EPIPE: nobody reads.</exception>
    public int Write(ReadOnlySpan<byte> buffer)
    {
        fixed (byte* bytes = buffer)
        {
            while (true)
            {
                var count = write(Fd, bytes, (nuint)buffer.Length);
                if (count >= 0)
                    return (int)count;
                if (Retry("write"))
                    return -1;
            }
        }
    }

    /// <summary>Writes all of it to a blocking file.</summary>
    public void WriteAll(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
            buffer = buffer[Math.Max(0, Write(buffer))..];
    }

    protected override bool ReleaseHandle() => LibcFiles.close((int)handle) == 0;

    /// <summary>False: interrupted, do it again. True: it would block.</summary>
    private static bool Retry(string call)
    {
        var errno = (Errno)Marshal.GetLastPInvokeError();
        return errno switch
        {
            Errno.EAGAIN => true,
            Errno.EINTR => false,
            _ => throw new LinuxException(call, "file descriptor", errno),
        };
    }

    [LibraryImport("libc", SetLastError = true)] private static partial int fcntl(int fd, int command, int argument);
    [LibraryImport("libc", SetLastError = true)] private static partial int eventfd(uint count, int flags);
    [LibraryImport("libc", SetLastError = true)] private static partial int ftruncate(int fd, long length);
    [LibraryImport("libc", SetLastError = true)] private static partial int pipe2(int* fds, int flags);
    [LibraryImport("libc", SetLastError = true)] private static partial int dup2(int from, int to);
    [LibraryImport("libc", SetLastError = true)] private static partial nint read(int fd, byte* buffer, nuint count);
    [LibraryImport("libc", SetLastError = true)]
    private static partial nint pread(int fd, byte* buffer, nuint count, long offset);

    [LibraryImport("libc", SetLastError = true)] private static partial nint write(int fd, byte* buffer, nuint count);
}
