using System.Runtime.InteropServices;

namespace Orchestrator.Linux.Mounts;

#pragma warning disable CA1028 // The kernel's type.
/// <summary>MS_* of mount(2).</summary>
[Flags]
public enum MountFlags : ulong
{
    None = 0,
    ReadOnly = 1,
    NoSuid = 2,
    NoDev = 4,
    NoExec = 8,
    Synchronous = 0x10,
    Remount = 0x20,
    MandatoryLocks = 0x40,
    DirSync = 0x80,
    NoSymFollow = 0x100,
    NoAtime = 0x400,
    NoDirAtime = 0x800,
    Bind = 0x1000,
    Move = 0x2000,
    Recursive = 0x4000,
    Silent = 1 << 15,
    Unbindable = 1 << 17,
    Private = 1 << 18,
    Slave = 1 << 19,
    Shared = 1 << 20,
    RelAtime = 1 << 21,
    InodeVersion = 1 << 23,
    StrictAtime = 1 << 24,
    LazyTime = 1 << 25,
}

/// <summary>mount(2) and umount2(2) in the caller's mount namespace.</summary>
public static partial class MountCalls
{
    public static void Mount(string? source, string target, string? type, MountFlags flags, string? data = null) =>
        LinuxException.Check(mount(source, target, type, (nuint)flags, data), "mount", $"{source ?? type} on {target}");

    /// <param name="detach">Take it out of the tree now, and free it when nobody uses it any more.</param>
    public static void Unmount(string target, bool detach = false)
    {
        const int detachFlag = 2, noFollow = 8;
        LinuxException.Check(umount2(target, (detach ? detachFlag : 0) | noFollow), "umount2", target);
    }

    /// <returns>False: nothing was mounted there.</returns>
    public static bool TryUnmount(string target, bool detach = false)
    {
        try
        {
            Unmount(target, detach);
            return true;
        }
        catch (LinuxException e) when (e.Errno is Errno.EINVAL or Errno.ENOENT)
        {
            return false;
        }
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int mount(string? source, string target, string? type, nuint flags, string? data);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int umount2(string target, int flags);
}
