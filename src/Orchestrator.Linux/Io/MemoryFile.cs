using System.Runtime.InteropServices;

namespace Orchestrator.Linux.Io;

/// <summary>A file that exists in memory only (memfd).</summary>
public static partial class MemoryFile
{
    /// <summary>A file with this content that nobody can change any more, not even as root: what is executed from it
    /// cannot be overwritten through /proc/PID/exe (CVE-2019-5736).</summary>
    public static FileDescriptor Sealed(string name, ReadOnlySpan<byte> content)
    {
        const int addSeals = 1033, all = 0x1 | 0x2 | 0x4 | 0x8;
        var file = Create(name);
        file.WriteAll(content);
        LinuxException.Check(fcntl(file.Fd, addSeals, all), "fcntl", "F_ADD_SEALS");
        return file;
    }

    /// <summary>A file with this content, read from its start.</summary>
    public static FileDescriptor With(string name, ReadOnlySpan<byte> content)
    {
        var file = Create(name);
        file.WriteAll(content);
        LinuxException.Check(lseek(file.Fd, 0, 0), "lseek", name);
        return file;
    }

    private static FileDescriptor Create(string name)
    {
        const uint cloexec = 1, allowSealing = 2;
        return new(LinuxException.Check(memfd_create(name, cloexec | allowSealing), "memfd_create", name));
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int memfd_create(string name, uint flags);

    [LibraryImport("libc", SetLastError = true)] private static partial int fcntl(int fd, int command, int argument);
    [LibraryImport("libc", SetLastError = true)] private static partial long lseek(int fd, long offset, int whence);
}
