namespace Orchestrator.Init;

/// <summary>Paths inside the container, resolved with its root as the root of everything: neither <c>..</c> nor a
/// symbolic link of a hostile image leads out of it.</summary>
internal static unsafe class Resolve
{
    private const ulong InRoot = 0x10, NoMagicLinks = 2, NoSymlinks = 4;
    private const ulong OPath = 0x200000, Cloexec = 0x80000;

    public static long Open(byte* path, bool noSymlinks = false, ulong flags = OPath)
    {
        var how = stackalloc ulong[3];
        how[0] = flags | Cloexec;
        how[1] = 0;
        how[2] = InRoot | NoMagicLinks | (noSymlinks ? NoSymlinks : 0);
        return Syscall.Call(Syscall.Openat2, Plan.Root, (long)path, (long)how, 24);
    }

    /// <summary>Whether something may be mounted there: not on a procfs, whose files tell tools, and this program, the
    /// truth about a process, unless the plan says so. However the path was spelled, and whatever link led there
    /// (CVE-2019-16884).</summary>
    public static long Allow(long fd, int flags)
    {
        const long notPermitted = -1;
        return (flags & PlanFlag.OverProc) == 0 && ProcFiles.IsProc(fd) ? notPermitted : 0;
    }

    /// <summary>Opens a directory, making what is missing of its path.</summary>
    public static long Directory(byte* path, int mode = 0x1ed, bool noSymlinks = false)
    {
        var fd = Open(path, noSymlinks);
        if (fd != -Syscall.Enoent)
            return fd;
        var name = stackalloc byte[256];
        var parent = Parent(path, name);
        if (parent < 0)
            return parent;
        var made = Syscall.Call(Syscall.Mkdirat, parent, (long)name, mode);
        Syscall.Call(Syscall.Close, parent);
        return made < 0 && made != -Syscall.Eexist ? made : Open(path, noSymlinks);
    }

    /// <summary>Opens a file, making it (empty) and its directories if missing.</summary>
    public static long File(byte* path, bool noSymlinks = false)
    {
        var fd = Open(path, noSymlinks);
        if (fd != -Syscall.Enoent)
            return fd;
        var name = stackalloc byte[256];
        var parent = Parent(path, name);
        if (parent < 0)
            return parent;
        // O_EXCL, O_CREAT, O_WRONLY, O_NOFOLLOW, O_CLOEXEC
        const long createNew = 0x80 | 0x40 | 0x1 | 0x20000 | 0x80000;
        var made = Syscall.Call(Syscall.Openat, parent, (long)name, createNew, 0x1a4);
        Syscall.Call(Syscall.Close, parent);
        if (made >= 0)
            Syscall.Call(Syscall.Close, made);
        return made < 0 && made != -Syscall.Eexist ? made : Open(path, noSymlinks);
    }

    /// <summary>Opens (making it if missing) the directory that holds the last name of <paramref name="path"/>, which
    /// is copied to <paramref name="name"/> (256 bytes).</summary>
    public static long Parent(byte* path, byte* name)
    {
        var end = Bytes.Length(path);
        while (end > 1 && path[end - 1] == (byte)'/')
            end--;
        var start = end;
        while (start > 0 && path[start - 1] != (byte)'/')
            start--;
        if (end - start is 0 or > 255 || start > 4000)
            return -Syscall.Einval;
        for (var i = start; i < end; i++)
            name[i - start] = path[i];
        name[end - start] = 0;
        var directory = stackalloc byte[4096];
        directory[0] = (byte)'.';
        directory[1] = 0;
        for (var i = 0; i < start; i++)
            directory[i] = path[i];
        if (start > 0)
            directory[start] = 0;
        return Directory(directory);
    }
}
