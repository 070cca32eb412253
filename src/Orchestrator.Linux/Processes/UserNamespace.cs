using System.Runtime.InteropServices;
using Orchestrator.Linux.Io;

namespace Orchestrator.Linux.Processes;

/// <summary>User namespaces for their id maps alone: what an idmapped mount is made with.</summary>
/// <remarks>Nobody can enter a new one from a process with threads, and a fork of managed code may hang. So the child
/// that the kernel needs to hang a namespace on runs no managed code at all: it waits for a lock that is never released,
/// in our memory and on a stack of its own, until it is killed. Source: clone(2), user_namespaces(7).</remarks>
public static unsafe partial class UserNamespace
{
    private const nuint StackBytes = 64 << 10, MutexBytes = 64;
    private const int CLONE_VM = 0x100, WaitAny = 0x40000000, Sigkill = 9;

    /// <summary>Makes one; it lives as long as the descriptor, or a mount made with it.</summary>
    /// <param name="uidMap">Lines of uid_map: first id inside, first outside, count.</param>
    /// <param name="gidMap">Lines of gid_map.</param>
    /// <exception cref="LinuxException">The kernel has none, allows no more, or refuses the maps.</exception>
    public static FileDescriptor Create(string uidMap, string gidMap)
    {
        var stack = (byte*)NativeMemory.AlignedAlloc(StackBytes, 16);
        var mutex = NativeMemory.AllocZeroed(MutexBytes); // All zero is an unlocked mutex.
        try
        {
            var lockMutex = (delegate* unmanaged<void*, int>)NativeLibrary.GetExport(
                NativeLibrary.Load("libc.so.6"), "pthread_mutex_lock");
            _ = lockMutex(mutex);
            var pid = LinuxException.Check(
                clone(lockMutex, stack + StackBytes, (int)NamespaceKinds.User | CLONE_VM, mutex),
                "clone", "a user namespace");
            return Map(pid, uidMap, gidMap);
        }
        finally
        {
            NativeMemory.Free(mutex);
            NativeMemory.AlignedFree(stack);
        }
    }

    private static FileDescriptor Map(int pid, string uidMap, string gidMap)
    {
        try
        {
            Write($"/proc/{pid}/uid_map", uidMap);
            Write($"/proc/{pid}/gid_map", gidMap);
            return FileDescriptor.Open($"/proc/{pid}/ns/user", Files.OpenFlags.O_RDONLY);
        }
        finally
        {
            ThisProcess.Kill(pid, Sigkill);
            while (waitpid(pid, null, WaitAny) < 0 && (Errno)Marshal.GetLastPInvokeError() == Errno.EINTR)
            {
            }
        }
    }

    private static void Write(string path, string map)
    {
        try
        {
            File.WriteAllText(path, map);
        }
        catch (IOException e) when (e is not LinuxException)
        {
            throw new LinuxException("write", $"{path}: {map.ReplaceLineEndings(", ")}", Errno.EINVAL);
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int clone(delegate* unmanaged<void*, int> function, void* stack, int flags, void* argument);

    [LibraryImport("libc", SetLastError = true)] private static partial int waitpid(int pid, int* status, int options);
}
