namespace Orchestrator.Init;

/// <summary>The last steps: find the program, wait for the word, become it.</summary>
internal static unsafe class Launcher
{
    private const int ExecuteAccess = 1, EffectiveAccess = 0x200;

    private static byte* program;

    /// <summary>
    /// Looks for argv[0] as execvp does, as the user it will run as, so that the answer is known at create.
    /// </summary>
    public static long Find(byte* name, byte* path)
    {
        if (*name == 0)
            return -Syscall.Enoent;
        if (Bytes.HasSlash(name))
        {
            program = name;
            return Check(name);
        }

        return path == null ? -Syscall.Enoent : Search(name, path);
    }

    /// <summary>
    /// Says ready, then waits for one byte. The end of the socket means that the runtime died: so ends this.
    /// </summary>
    /// <param name="listener">Whoever connects to it is the runtime from there on; 0: the one that started this is.
    /// </param>
    public static long WaitForStart(long listener)
    {
        Plan.Send(ReportKind.Ready, 0, 0);
        if (listener != 0)
        {
            var result = AwaitRuntime(listener);
            if (result < 0)
                return result;
        }

        byte word;
        if (Syscall.Call(Syscall.Read, Plan.Sync, (long)&word, 1) != 1)
            Plan.Exit(1);
        return 0;
    }

    /// <param name="preserved">Files the program gets beyond its standard streams.</param>
    public static long Execute(long arguments, long environment, long preserved)
    {
        ResetSignals();
        if (preserved > 0)
        {
            var result = Preserve(preserved);
            if (result < 0)
                return result;
        }

        const long closeOnExec = 4;
        Syscall.Call(Syscall.CloseRange, 3 + preserved, 0xffffffff, closeOnExec);
        return Syscall.Call(
            Syscall.Execve, (long)program, (long)Pointers(arguments), (long)Pointers(environment));
    }

    private static long AwaitRuntime(long listener)
    {
        const long closeOnExec = 0x80000;
        var connection = Syscall.Call(Syscall.Accept4, listener, 0, 0, closeOnExec);
        if (connection < 0)
            return connection;
        Syscall.Call(Syscall.Close, listener);
        Syscall.Call(Syscall.Close, Plan.Sync);
        Plan.Sync = (int)connection;
        return 0;
    }

    /// <summary>Down to 3, 4 … in this order, for none of them lies lower than where it goes. The sync socket gets out
    /// of their way, to report should execve fail.</summary>
    private static long Preserve(long count)
    {
        const long duplicateCloexec = 1030;
        var sync = Syscall.Call(Syscall.Fcntl, Plan.Sync, duplicateCloexec, InitFd.FirstPreserved + count);
        if (sync < 0)
            return sync;
        Plan.Sync = (int)sync;
        for (var i = 0; i < count; i++)
        {
            var result = Syscall.Call(Syscall.Dup3, InitFd.FirstPreserved + i, 3 + i, 0);
            if (result < 0)
                return result;
        }

        return 0;
    }

    private static long Search(byte* name, byte* path)
    {
        // Its own mapping is the only place large enough that does not end with this method.
        const long readWrite = 3, privateAnonymous = 0x22;
        var candidate = (byte*)Syscall.Call(Syscall.Mmap, 0, 8192, readWrite, privateAnonymous, -1);
        long result = -Syscall.Enoent;
        if (Bytes.Length(name) > 255)
            return result;
        while (true)
        {
            var end = candidate;
            for (; *path is not 0 and not (byte)':' && end - candidate < 4096; path++)
                *end++ = *path;
            if (end == candidate)
                *end++ = (byte)'.';
            *end++ = (byte)'/';
            Bytes.Append(end, name);
            var found = Check(candidate);
            if (found >= 0)
            {
                program = candidate;
                return 0;
            }

            if (found == -Syscall.Eacces)
                result = found;
            if (*path == 0)
                return result;
            path++;
        }
    }

    private static long Check(byte* path)
    {
        var stat = stackalloc long[18];
        var result = Syscall.Call(Syscall.Newfstatat, Syscall.AtFdcwd, (long)path, (long)stat, 0);
        if (result < 0)
            return result;
        if ((((int*)stat)[6] & 0xf000) == 0x4000)
            return -Syscall.Eacces;
        return Syscall.Call(Syscall.Faccessat2, Syscall.AtFdcwd, (long)path, ExecuteAccess, EffectiveAccess);
    }

    /// <summary>
    /// The runtime ignores SIGPIPE, and posix_spawn leaves two more ignored: a payload must not inherit that.
    /// </summary>
    public static void ResetSignals()
    {
        var action = stackalloc long[4];
        for (var i = 0; i < 4; i++)
            action[i] = 0;
        for (var signal = 1; signal <= 64; signal++)
            Syscall.Call(Syscall.RtSigaction, signal, (long)action, 0, 8);
        long none = 0;
        const int setMask = 2;
        Syscall.Call(Syscall.RtSigprocmask, setMask, (long)&none, 0, 8);
    }

    /// <summary>A list of offsets becomes a list of pointers, in place.</summary>
    public static long* Pointers(long offset)
    {
        var list = (long*)(Plan.Base + offset);
        for (var i = 0; list[i] != 0; i++)
            list[i] += (long)Plan.Base;
        return list;
    }
}
