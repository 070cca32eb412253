using System.Runtime.InteropServices;

namespace Orchestrator.Linux.Files;

/// <summary>
/// Removes whole trees whose names others chose: any bytes, any depth, never through a symbolic link.
/// </summary>
/// <remarks>.NET's own recursion decodes names as UTF-8 and then cannot find those that are not.</remarks>
public static unsafe partial class DirectoryTree
{
    private const int DirectoryFlag = 0x200; // AT_REMOVEDIR
    private const int OpenDirectory = (int)(OpenFlags.O_DIRECTORY | OpenFlags.O_NOFOLLOW | OpenFlags.O_CLOEXEC);

    /// <summary>Removes the tree with its root; one that is not there is fine.</summary>
    /// <exception cref="LinuxException">
    /// EBUSY: something is still mounted in it. What was removed till then stays so.
    /// </exception>
    public static void Delete(string path)
    {
        var root = openat(LibcFiles.AT_FDCWD, path, OpenDirectory, 0);
        if (root < 0 && LastError == Errno.ENOENT)
            return;
        LinuxException.Check(root, "open", path);
        try
        {
            Empty(root, path);
        }
        finally
        {
            _ = LibcFiles.close(root);
        }

        if (LibcFiles.unlinkat(LibcFiles.AT_FDCWD, path, DirectoryFlag) < 0 && LastError != Errno.ENOENT)
            throw new LinuxException("rmdir", path, LastError);
    }

    /// <summary>
    /// Goes down and up through ".." instead of recursing: depth costs neither stack nor descriptors.
    /// </summary>
    private static void Empty(int root, string path)
    {
        var current = dup(root);
        LinuxException.Check(current, "dup", path);
        var names = new Stack<byte[]>(); // The way down, to remove each folder from its parent on the way up.
        while (true)
        {
            var child = RemoveFilesOf(current, path);
            if (child is not null)
            {
                fixed (byte* name = child)
                    current = Enter(current, name, path);
                names.Push(child);
            }
            else if (names.TryPop(out var done))
            {
                fixed (byte* up = "..\0"u8)
                    current = Enter(current, up, path);
                fixed (byte* name = done)
                    Unlink(current, name, DirectoryFlag, path);
            }
            else
            {
                _ = LibcFiles.close(current);
                return;
            }
        }
    }

    /// <summary>
    /// Removes all but folders; returns the name of one folder that is left, null when the directory is empty.
    /// </summary>
    private static byte[]? RemoveFilesOf(int fd, string path)
    {
        const int size = 32 * 1024, getdents64 = 217;
        var buffer = stackalloc byte[size];
        while (true)
        {
            _ = lseek(fd, 0, 0);
            byte[]? folder = null;
            var removed = false;
            long read;
            while ((read = LinuxException.Check(syscall(getdents64, fd, buffer, size), "getdents64", path)) > 0)
            {
                // struct linux_dirent64: inode 8, offset 8, record length 2, kind 1, name.
                for (var at = buffer; at < buffer + read; at += *(ushort*)(at + 16))
                {
                    var name = at + 19;
                    if (name[0] == '.' && (name[1] == 0 || (name[1] == '.' && name[2] == 0)))
                        continue;
                    if (TryUnlink(fd, name, path))
                        removed = true;
                    else
                        folder ??= MemoryMarshal.CreateReadOnlySpanFromNullTerminated(name).ToArray().Append((byte)0)
                        .ToArray();
                }
            }

            // Removing while reading may make the kernel skip entries: look once more before calling it empty.
            if (folder is not null || !removed)
                return folder;
        }
    }

    /// <returns>False: it is a folder.</returns>
    private static bool TryUnlink(int fd, byte* name, string path)
    {
        if (unlinkat(fd, name, 0) == 0 || LastError == Errno.ENOENT)
            return true;
        return LastError is Errno.EISDIR or Errno.EPERM && IsFolder(fd, name)
            ? false : throw new LinuxException("unlinkat", path, LastError);
    }

    private static bool IsFolder(int fd, byte* name)
    {
        var error = Marshal.GetLastPInvokeError();
        var folder = openat(fd, name, OpenDirectory, 0);
        if (folder >= 0)
            _ = LibcFiles.close(folder);
        Marshal.SetLastPInvokeError(error);
        return folder >= 0;
    }

    private static int Enter(int fd, byte* name, string path)
    {
        var next = openat(fd, name, OpenDirectory, 0);
        var error = LastError;
        _ = LibcFiles.close(fd);
        return next >= 0 ? next : throw new LinuxException("openat", path, error);
    }

    private static void Unlink(int fd, byte* name, int flags, string path)
    {
        if (unlinkat(fd, name, flags) == 0 || LastError == Errno.ENOENT)
            return;
        var error = LastError;
        _ = LibcFiles.close(fd);
        throw new LinuxException("unlinkat", path, error);
    }

    private static Errno LastError => (Errno)Marshal.GetLastPInvokeError();

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int openat(int dir, string path, int flags, uint mode);

    [LibraryImport("libc", SetLastError = true)] private static partial int openat(
        int dir, byte* path, int flags, uint mode);
    [LibraryImport("libc", SetLastError = true)] private static partial int unlinkat(int dir, byte* path, int flags);
    [LibraryImport("libc", SetLastError = true)] private static partial int dup(int fd);
    [LibraryImport("libc", SetLastError = true)] private static partial long lseek(int fd, long offset, int origin);

    [LibraryImport("libc", SetLastError = true)]
    private static partial long syscall(long number, int fd, byte* buffer, nuint size);
}
