namespace Orchestrator.Init;

/// <summary>The kernel's /proc, and nothing that only looks like it: what is written elsewhere changes nothing, and says
/// that it did (CVE-2019-16884, CVE-2025-52881).</summary>
internal static unsafe class ProcFiles
{
    private const long ProcMagic = 0x9fa0;
    private const ulong NoCrossing = 0x1 | 0x2 | 0x8; // RESOLVE_NO_XDEV, NO_MAGICLINKS, BENEATH

    public static bool IsProc(long fd)
    {
        var status = stackalloc long[16];
        return Syscall.Call(Syscall.Fstatfs, fd, (long)status) >= 0 && status[0] == ProcMagic;
    }

    /// <summary>Opens a file by its path below /proc, all of which must be one mount of it.</summary>
    public static long Open(byte* relative, ulong flags)
    {
        var path = stackalloc byte[8];
        Bytes.Append(path, "/proc");
        const long directoryPath = 0x200000 | 0x10000 | 0x20000 | 0x80000; // O_PATH, O_DIRECTORY, O_NOFOLLOW, O_CLOEXEC
        var proc = Syscall.Call(Syscall.Openat, Syscall.AtFdcwd, (long)path, directoryPath);
        if (proc < 0)
            return proc;
        var how = stackalloc ulong[3];
        how[0] = flags;
        how[1] = 0;
        how[2] = NoCrossing;
        var file = IsProc(proc) ? Syscall.Call(Syscall.Openat2, proc, (long)relative, (long)how, 24) : -Syscall.Einval;
        Syscall.Call(Syscall.Close, proc);
        return file;
    }

    /// <summary>What follows "/proc/"; null: another path.</summary>
    public static byte* Below(byte* path)
    {
        const int length = 6;
        var proc = stackalloc byte[8];
        Bytes.Append(proc, "/proc/");
        for (var i = 0; i < length; i++)
        {
            if (path[i] != proc[i])
                return null;
        }

        return path + length;
    }
}
