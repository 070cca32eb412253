using System.Runtime.InteropServices;
using Orchestrator.Linux.Io;

namespace Orchestrator.Linux.Mounts;

/// <summary>A copy of a mount, or of a tree of them, that hangs nowhere yet and is held by its descriptor.</summary>
/// <remarks>Source: open_tree(2), Linux 5.2; mount_setattr(2), Linux 5.12.</remarks>
public static unsafe partial class MountTree
{
    private const int CurrentDirectory = -100;
    private const uint EmptyPath = 0x1000, WithMountsBelow = 0x8000;

    /// <param name="recursive">With the mounts below.</param>
    public static FileDescriptor Clone(string path, bool recursive)
    {
        const uint clone = 1, cloexec = 0x80000;
        var flags = clone | cloexec | (recursive ? WithMountsBelow : 0);
        return new(LinuxException.Check(
            (int)open_tree(428, CurrentDirectory, path, flags), "open_tree", path));
    }

    /// <param name="set">MOUNT_ATTR_*.</param>
    /// <param name="clear">MOUNT_ATTR_*.</param>
    /// <param name="propagation">MS_PRIVATE and so on; None: as it is.</param>
    /// <param name="userNamespace">Whose id maps an idmapped mount has (MOUNT_ATTR_IDMAP); null: none.</param>
    public static void SetAttributes(
        FileDescriptor tree, long set, long clear, MountFlags propagation, bool recursive,
        FileDescriptor? userNamespace = null)
    {
        const long idmap = 0x100000;
        var attributes = stackalloc long[4];
        attributes[0] = set | (userNamespace is null ? 0 : idmap);
        attributes[1] = clear;
        attributes[2] = (long)(propagation & ~MountFlags.Recursive);
        attributes[3] = userNamespace?.Fd ?? 0;
        var flags = EmptyPath | (recursive ? WithMountsBelow : 0);
        LinuxException.Check(
            (int)mount_setattr(442, tree.Fd, "", flags, attributes, 32), "mount_setattr", $"0x{attributes[0]:x}");
    }

    /// <summary>Hangs a tree that hangs nowhere yet on a directory.</summary>
    public static void Attach(FileDescriptor tree, string target)
    {
        const uint fromEmptyPath = 4;
        LinuxException.Check(
            (int)move_mount(429, tree.Fd, "", CurrentDirectory, target, fromEmptyPath), "move_mount", target);
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial long move_mount(
        long number, int from, string fromPath, int to, string toPath, uint flags);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial long open_tree(long number, int directory, string path, uint flags);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial long mount_setattr(
        long number, int directory, string path, uint flags, long* attributes, nuint size);
}
