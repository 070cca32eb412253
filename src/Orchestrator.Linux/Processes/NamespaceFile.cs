using System.Runtime.InteropServices;
using Orchestrator.Linux.Files;
using Orchestrator.Linux.Io;

namespace Orchestrator.Linux.Processes;

/// <summary>A namespace by its file, as /proc/PID/ns/net or one that is mounted.</summary>
public static partial class NamespaceFile
{
    /// <summary>Opens it; what is opened is what will be joined, whatever becomes of the path.</summary>
    /// <returns>The file, and the namespace's kind; None: it is no namespace.</returns>
    /// <remarks>O_NONBLOCK: a FIFO in its place must not hold us up. Source: ioctl_ns(2), Linux 4.11.</remarks>
    public static (FileDescriptor File, NamespaceKinds Kind) Open(string path)
    {
        const nuint getKind = 0xb703;
        var file = FileDescriptor.Open(path, OpenFlags.O_RDONLY | OpenFlags.O_NONBLOCK);
        var kind = ioctl(file.Fd, getKind);
        return (file, kind < 0 ? NamespaceKinds.None : (NamespaceKinds)kind);
    }

    [LibraryImport("libc", SetLastError = true)] private static partial int ioctl(int fd, nuint request);
}
