using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Orchestrator.Linux.Files;

/// <summary>Calls on an open file that .NET does not have.</summary>
public static class FileCalls
{
    /// <summary>fdatasync: content and size are on disk; times may not be.</summary>
    public static void SyncData(SafeFileHandle file) =>
        LinuxException.Check(LibcFiles.fdatasync(file), "fdatasync", "file");

    /// <summary>syncfs: everything of the file system that holds <paramref name="file"/> is on disk.</summary>
    public static void SyncFileSystem(SafeFileHandle file) =>
        LinuxException.Check(LibcFiles.syncfs(file), "syncfs", "file");

    /// <summary>fallocate: reserves the blocks, and grows the file unless <paramref name="keepSize"/>.</summary>
    /// <exception cref="LinuxException">ENOSPC: nothing was reserved. EOPNOTSUPP: not on this file system.</exception>
    public static void Allocate(SafeFileHandle file, long offset, long length, bool keepSize = false) =>
        LinuxException.Check(LibcFiles.fallocate(file, keepSize ? 1 : 0, offset, length), "fallocate", "file");

    /// <summary>sendfile: from a file into a socket that does not block, with nothing copied on the way.</summary>
    /// <returns>How many bytes went; null: the socket takes none now. Zero: the file ends before.</returns>
    /// <exception cref="LinuxException">EPIPE, ECONNRESET: nobody reads any more.</exception>
    public static int? TrySend(SafeHandle socket, SafeFileHandle file, long offset, int count)
    {
        while (true)
        {
            var sent = LibcFiles.sendfile(socket, file, ref offset, (nuint)count);
            if (sent >= 0)
                return (int)sent;
            switch ((Errno)Marshal.GetLastPInvokeError())
            {
                case Errno.EINTR:
                    continue;
                case Errno.EAGAIN:
                    return null;
                default:
                    LinuxException.Check(-1, "sendfile", "socket");
                    break;
            }
        }
    }

    /// <summary>
    /// flock without waiting; it ends when the file is closed, or its process with all heirs of the fd.
    /// </summary>
    /// <returns>False: somebody else holds it.</returns>
    /// <remarks>.NET locks files it opens in the same way, shared at least: open a lock file by
    /// <see cref="DirectoryHandle.OpenIn"/>, or two openers keep each other from it.</remarks>
    public static bool TryLock(SafeFileHandle file, bool exclusive = true)
    {
        const int shared = 1, lockExclusive = 2, nonBlocking = 4;
        if (LibcFiles.flock(file, (exclusive ? lockExclusive : shared) | nonBlocking) == 0)
            return true;
        if ((Errno)Marshal.GetLastPInvokeError() == Errno.EAGAIN)
            return false;
        LinuxException.Check(-1, "flock", "file");
        return false;
    }
}
