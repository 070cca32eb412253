namespace Orchestrator.Init;

/// <summary>What a directory held before something was mounted on it, copied into the mount (tmpcopyup). Links are
/// copied, never followed.</summary>
internal static unsafe class CopyUp
{
    private const int Directory = 0x4000, Regular = 0x8000, Link = 0xa000, KindMask = 0xf000, DeepestLevel = 64;
    private const long OpenDirectory = 0x10000 | 0x80000 | 0x20000, NoFollow = 0x20000 | 0x80000 | 0x800;

    /// <param name="under">O_PATH of the directory, from before.</param>
    /// <param name="path">Where the mount is now.</param>
    public static long Execute(long under, byte* path)
    {
        var dot = stackalloc byte[2];
        Bytes.Append(dot, ".");
        var from = Syscall.Call(Syscall.Openat, under, (long)dot, OpenDirectory);
        if (from < 0)
            return from;
        var to = Resolve.Open(path, flags: 0x10000);
        return MountSteps.Close(from, to < 0 ? to : MountSteps.Close(to, CopyDirectory(from, to, 0)));
    }

    private static long CopyDirectory(long from, long to, int level)
    {
        if (level == DeepestLevel)
            return -Syscall.Eloop;
        var entries = stackalloc byte[4096];
        while (true)
        {
            var length = Syscall.Call(Syscall.Getdents64, from, (long)entries, 4096);
            if (length <= 0)
                return length;
            for (var entry = entries; entry < entries + length; entry += *(ushort*)(entry + 16))
            {
                var name = entry + 19; // struct linux_dirent64: inode, offset, length, kind, name.
                var result = IsDots(name) ? 0 : CopyEntry(from, to, name, level);
                if (result < 0)
                    return result;
            }
        }
    }

    private static long CopyEntry(long from, long to, byte* name, int level)
    {
        var stat = stackalloc long[18];
        var result = Syscall.Call(Syscall.Newfstatat, from, (long)name, (long)stat, Syscall.AtSymlinkNofollow);
        if (result < 0)
            return result;
        var mode = ((int*)stat)[6];
        result = (mode & KindMask) switch
        {
            Directory => CopyBelow(from, to, name, level),
            Regular => CopyFile(from, to, name),
            Link => CopyLink(from, to, name),
            _ => Syscall.Call(Syscall.Mknodat, to, (long)name, mode, stat[5]),
        };
        if (result >= 0) // uid and gid are at byte 28.
            result = Syscall.Call(
                Syscall.Fchownat, to, (long)name, ((uint*)stat)[7], ((uint*)stat)[8], Syscall.AtSymlinkNofollow);
        return result < 0 || (mode & KindMask) == Link ? result
            : Syscall.Call(Syscall.Fchmodat, to, (long)name, mode & 0xfff);
    }

    private static long CopyBelow(long from, long to, byte* name, int level)
    {
        var result = Syscall.Call(Syscall.Mkdirat, to, (long)name, 0x1c0);
        if (result < 0)
            return result;
        var source = Syscall.Call(Syscall.Openat, from, (long)name, OpenDirectory);
        if (source < 0)
            return source;
        var target = Syscall.Call(Syscall.Openat, to, (long)name, OpenDirectory);
        return MountSteps.Close(
            source, target < 0 ? target : MountSteps.Close(target, CopyDirectory(source, target, level + 1)));
    }

    private static long CopyFile(long from, long to, byte* name)
    {
        const long createNew = 0x80 | 0x40 | 0x1;
        var source = Syscall.Call(Syscall.Openat, from, (long)name, NoFollow);
        if (source < 0)
            return source;
        var target = Syscall.Call(Syscall.Openat, to, (long)name, createNew | NoFollow, 0x180);
        if (target < 0)
            return MountSteps.Close(source, target);
        long count;
        do
            count = Syscall.Call(Syscall.Sendfile, target, source, 0, 1 << 20);
        while (count > 0);
        return MountSteps.Close(source, MountSteps.Close(target, count));
    }

    private static long CopyLink(long from, long to, byte* name)
    {
        var target = stackalloc byte[4096];
        var length = Syscall.Call(Syscall.Readlinkat, from, (long)name, (long)target, 4095);
        if (length < 0)
            return length;
        target[length] = 0;
        return Syscall.Call(Syscall.Symlinkat, (long)target, to, (long)name);
    }

    private static bool IsDots(byte* name) =>
        name[0] == (byte)'.' && (name[1] == 0 || (name[1] == (byte)'.' && name[2] == 0));
}
