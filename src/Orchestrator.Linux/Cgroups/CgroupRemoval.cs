using System.Runtime.InteropServices;
using Orchestrator.Linux.Files;

namespace Orchestrator.Linux.Cgroups;

/// <summary>rmdir of a cgroup and all below, deepest first.</summary>
internal static class CgroupRemoval
{
    private const int Attempts = 200, RemoveDirectory = 0x200;

    public static void Remove(string directory)
    {
        for (var attempt = 1; ; attempt++)
        {
            if (LibcFiles.unlinkat(LibcFiles.AT_FDCWD, directory, RemoveDirectory) == 0)
                return;
            var errno = (Errno)Marshal.GetLastPInvokeError();
            if (errno is Errno.ENOENT or Errno.ENOTDIR)
                return;
            // A killed process leaves its cgroup only at the end of its exit; a moment is normal.
            if (errno != Errno.EBUSY || attempt == Attempts)
                throw new LinuxException("rmdir", directory, errno);
            if (attempt == 1)
                RemoveChildren(directory);
            else
                Thread.Sleep(Math.Min(attempt, 20));
        }
    }

    private static void RemoveChildren(string directory)
    {
        foreach (var child in Directory.EnumerateDirectories(directory))
            Remove(child);
    }
}
