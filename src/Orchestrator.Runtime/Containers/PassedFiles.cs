using System.Runtime.InteropServices;
using Orchestrator.Init;
using Orchestrator.Linux;
using Orchestrator.Linux.Io;

namespace Orchestrator.Runtime.Containers;

/// <summary>The files that init gets beyond its streams, each at the number the plan knows it by.</summary>
internal static class PassedFiles
{
    /// <param name="listener">Where init waits for <c>start</c>; null: on its sync socket.</param>
    /// <param name="preserved">How many of this process's descriptors from 3 on the program shall have.</param>
    /// <exception cref="RuntimeException">One of them is not open.</exception>
    public static FileDescriptor?[] For(FileDescriptor? listener, int preserved)
    {
        if (listener is null && preserved == 0)
            return [];
        if (preserved > InitFd.MaxPreserved)
            throw new RuntimeException($"--preserve-fds {preserved} is too many; at most {InitFd.MaxPreserved} can be");
        var files = new FileDescriptor?[InitFd.FirstPreserved - InitFd.FirstExtra + preserved];
        files[InitFd.Listener - InitFd.FirstExtra] = listener;
        for (var i = 0; i < preserved; i++)
            files[InitFd.FirstPreserved - InitFd.FirstExtra + i] = Ours(3 + i);
        return files;
    }

    /// <summary>Both lists in one; where both have a file, the first's.</summary>
    public static FileDescriptor?[] Merge(FileDescriptor?[] first, FileDescriptor?[] second)
    {
        var all = new FileDescriptor?[Math.Max(first.Length, second.Length)];
        second.CopyTo(all, 0);
        for (var i = 0; i < first.Length; i++)
            all[i] = first[i] ?? all[i];
        return all;
    }

    private static FileDescriptor Ours(int fd)
    {
        // Only what we were started with: a descriptor that the runtime opened for itself is close-on-exec.
        if (!InheritedFiles.Contains(fd))
            throw new RuntimeException($"--preserve-fds: descriptor {fd} is not open in the calling process");
        return FileDescriptor.Borrow(fd);
    }
}
