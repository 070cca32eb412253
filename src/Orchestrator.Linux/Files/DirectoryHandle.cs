using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Orchestrator.Linux.Files;

/// <summary>An open directory that names are resolved from, so that nobody can swap it for another meanwhile.</summary>
/// <remarks>Names passed to the single-step calls should have no slash: only <see cref="OpenIn"/> and
/// <see cref="OpenDirectoryIn"/> resolve whole paths, and never out of the directory.</remarks>
public sealed unsafe class DirectoryHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    private const int NoFollow = LibcFiles.AT_SYMLINK_NOFOLLOW;

    private readonly string path;

    private DirectoryHandle(int fd, string path) : base(ownsHandle: true)
    {
        this.path = path;
        SetHandle(fd);
    }

    public int Fd => (int)handle;

    /// <summary>A path of this very directory, for calls that only take one; valid while this is open.</summary>
    public string ProcPath => $"/proc/self/fd/{Fd}";

    public static DirectoryHandle Open(string path)
    {
        const OpenFlags flags = OpenFlags.O_DIRECTORY | OpenFlags.O_CLOEXEC;
        return new(LinuxException.Check(LibcFiles.openat(LibcFiles.AT_FDCWD, path, (int)flags, 0), "open", path), path);
    }

    /// <summary>openat2 with this directory as the root of everything.</summary>
    public SafeFileHandle OpenIn(
        string relative, OpenFlags flags, uint mode = 0,
        ResolveFlags resolve = ResolveFlags.IN_ROOT | ResolveFlags.NO_MAGICLINKS) =>
        new(OpenFd(relative, flags, mode, resolve), ownsHandle: true);

    public DirectoryHandle OpenDirectoryIn(
        string relative, ResolveFlags resolve = ResolveFlags.IN_ROOT | ResolveFlags.NO_MAGICLINKS) =>
        new(OpenFd(relative, OpenFlags.O_DIRECTORY, 0, resolve), $"{path}/{relative}");

    public bool TryStat(string name, out FileStatus status)
    {
        if (LibcFiles.fstatat(Fd, name, out status, NoFollow) == 0)
            return true;
        if ((Errno)Marshal.GetLastPInvokeError() is Errno.ENOENT or Errno.ENOTDIR)
            return false;
        LinuxException.Check(-1, "fstatat", Named(name));
        return false;
    }

    public void MakeDirectory(string name, uint mode) =>
        LinuxException.Check(LibcFiles.mkdirat(Fd, name, mode), "mkdirat", Named(name));

    /// <param name="mode">
    /// Kind and permission bits; device nodes take a number of <see cref="FileStatus.MakeDevice"/>.
    /// </param>
    public void MakeNode(string name, uint mode, ulong device = 0) =>
        LinuxException.Check(LibcFiles.mknodat(Fd, name, mode, device), "mknodat", Named(name));

    public void MakeSymbolicLink(string target, string name) =>
        LinuxException.Check(LibcFiles.symlinkat(target, Fd, name), "symlinkat", Named(name));

    public void MakeHardLink(DirectoryHandle from, string existing, string name) =>
        LinuxException.Check(LibcFiles.linkat(from.Fd, existing, Fd, name, 0), "linkat", Named(name));

    /// <param name="directory">Remove an empty directory instead of a file.</param>
    public void Remove(string name, bool directory = false) =>
        LinuxException.Check(LibcFiles.unlinkat(Fd, name, directory ? 0x200 : 0), "unlinkat", Named(name));

    /// <param name="exchange">Swap the two names atomically instead of replacing.</param>
    public void Rename(string name, DirectoryHandle to, string newName, bool exchange = false) =>
        LinuxException.Check(
            LibcFiles.renameat2(Fd, name, to.Fd, newName, exchange ? 2u : 0), "renameat2", Named(name));

    public void ChangeOwner(string name, uint uid, uint gid) =>
        LinuxException.Check(LibcFiles.fchownat(Fd, name, uid, gid, NoFollow), "fchownat", Named(name));

    /// <remarks>Follows a symbolic link (they have no mode): call it only on what is none.</remarks>
    public void ChangeMode(string name, uint mode) =>
        LinuxException.Check(LibcFiles.fchmodat(Fd, name, mode, 0), "fchmodat", Named(name));

    /// <summary>Sets access and modification time.</summary>
    public void SetTimes(string name, DateTimeOffset modified)
    {
        var ticks = modified.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks;
        var seconds = Math.DivRem(ticks, TimeSpan.TicksPerSecond, out var rest);
        if (rest < 0)
            (seconds, rest) = (seconds - 1, rest + TimeSpan.TicksPerSecond);
        var times = stackalloc long[] { seconds, rest * 100, seconds, rest * 100 };
        LinuxException.Check(LibcFiles.utimensat(Fd, name, times, NoFollow), "utimensat", Named(name));
    }

    public string ReadLink(string name)
    {
        var buffer = stackalloc byte[4096];
        var length = LinuxException.Check(LibcFiles.readlinkat(Fd, name, buffer, 4096), "readlinkat", Named(name));
        return Encoding.UTF8.GetString(buffer, (int)length);
    }

    protected override bool ReleaseHandle() => LibcFiles.close((int)handle) == 0;

    private int OpenFd(string relative, OpenFlags flags, uint mode, ResolveFlags resolve)
    {
        const long openat2Number = 437;
        var how = stackalloc ulong[] { (ulong)(flags | OpenFlags.O_CLOEXEC), mode, (ulong)resolve };
        while (true)
        {
            var fd = LibcFiles.openat2(openat2Number, Fd, relative, how, 24);
            // EAGAIN: somebody renamed while `..` was resolved; the kernel asks to repeat.
            if (fd >= 0 || (Errno)Marshal.GetLastPInvokeError() is not (Errno.EAGAIN or Errno.EINTR))
                return (int)LinuxException.Check(fd, "openat2", Named(relative));
        }
    }

    private string Named(string name) => $"{path}/{name}";
}
