namespace Orchestrator.Init;

/// <summary>Who the process is, what it may, and what it executes.</summary>
internal static unsafe class IdentitySteps
{
    private const int SetDumpable = 4, SetKeepCaps = 8, DropBounding = 24, SetNoNewPrivileges = 38, Ambient = 47,
        LastCapability = 63;

    public static long Execute(PlanStep* step)
    {
        var text1 = Plan.Text(step->Text1);
        switch (step->Op)
        {
            case PlanOp.HostName:
                return Syscall.Call(Syscall.Sethostname, (long)text1, Bytes.Length(text1));
            case PlanOp.DomainName:
                return Syscall.Call(Syscall.Setdomainname, (long)text1, Bytes.Length(text1));
            case PlanOp.Limit:
                var limit = stackalloc long[2];
                limit[0] = step->B;
                limit[1] = step->C;
                return Syscall.Call(Syscall.Prlimit64, 0, step->A, (long)limit);
            case PlanOp.Umask:
                return Syscall.Call(Syscall.Umask, step->A);
            case PlanOp.ChangeDirectory:
                return ChangeDirectory(text1, step->A != 0);
            case PlanOp.NoNewPrivileges:
                return Syscall.Call(Syscall.Prctl, SetNoNewPrivileges, 1);
            case PlanOp.BoundingSet:
                return DropBoundingSet((ulong)step->A);
            case PlanOp.Identity:
                return Become(step);
            case PlanOp.BecomeRoot:
                return BecomeRoot();
            case PlanOp.Capabilities:
                return SetCapabilities(step);
            case PlanOp.FindProgram:
                return Launcher.Find(text1, Plan.Text(step->Text2));
            case PlanOp.WaitForStart:
                return Launcher.WaitForStart(step->A);
            case PlanOp.Execute:
                return Launcher.Execute(step->A, step->B, step->C);
            default:
                return -Syscall.Einval;
        }
    }

    /// <summary>Into the container's directory, and sure that it is the container's: a path kept open from the host
    /// reads as "(unreachable)…" (CVE-2024-21626).</summary>
    private static long ChangeDirectory(byte* path, bool makes)
    {
        var fd = makes ? Resolve.Directory(path) : Resolve.Open(path);
        if (fd < 0)
            return fd;
        var result = Syscall.Call(Syscall.Fchdir, fd);
        Syscall.Call(Syscall.Close, fd);
        if (result < 0)
            return result;
        var buffer = stackalloc byte[4096];
        result = Syscall.Call(Syscall.Getcwd, (long)buffer, 4096);
        return result < 0 || buffer[0] == (byte)'/' ? result : -Syscall.Enoent;
    }

    private static long DropBoundingSet(ulong keep)
    {
        for (var capability = 0; capability <= LastCapability; capability++)
        {
            if (((keep >> capability) & 1) != 0)
                continue;
            var result = Syscall.Call(Syscall.Prctl, DropBounding, capability);
            if (result == -Syscall.Einval)
                return 0; // Past the last one this kernel knows.
            if (result < 0)
                return result;
        }

        return 0;
    }

    /// <summary>The ids are unmapped until then: an execve would lose all capabilities, a new file would have no owner.
    /// Groups cannot be dropped where setgroups is denied; there they are nobody's inside.</summary>
    private static long BecomeRoot()
    {
        Syscall.Call(Syscall.Setgroups, 0, 0);
        var result = Syscall.Call(Syscall.Setresgid, 0, 0, 0);
        return result < 0 ? result : Syscall.Call(Syscall.Setresuid, 0, 0, 0);
    }

    private static long Become(PlanStep* step)
    {
        if (step->A != 0)
            OwnStandardStreams(step->A);
        var result = ForbidTracing();
        if (result >= 0)
            result = Syscall.Call(Syscall.Prctl, SetKeepCaps, 1);
        if (result >= 0)
            result = Syscall.Call(Syscall.Setgroups, step->Flags, (long)(Plan.Base + step->C));
        if (result >= 0)
            result = Syscall.Call(Syscall.Setresgid, step->B, step->B, step->B);
        if (result >= 0)
            result = Syscall.Call(Syscall.Setresuid, step->A, step->A, step->A);
        return result;
    }

    /// <summary>From here to execve, which lifts it, this is what no program of the container may trace: it has the
    /// container's identity already, but not yet all that confines it.</summary>
    public static long ForbidTracing() => Syscall.Call(Syscall.Prctl, SetDumpable, 0);

    /// <summary>So that a program of another user may open /dev/stdout. Pipes and terminals only: never a file or the
    /// null device of the host.</summary>
    private static void OwnStandardStreams(long uid)
    {
        var stat = stackalloc long[18];
        for (var fd = 0; fd < 3; fd++)
        {
            if (Syscall.Call(Syscall.Fstat, fd, (long)stat) < 0)
                continue;
            var kind = ((int*)stat)[6] & 0xf000;
            var isTerminal = kind == 0x2000 && stat[5] != 0x103;
            if (kind == 0x1000 || isTerminal)
                Syscall.Call(Syscall.Fchown, fd, uid, -1);
        }
    }

    private static long SetCapabilities(PlanStep* step)
    {
        const uint version3 = 0x20080522;
        var header = stackalloc uint[2];
        header[0] = version3;
        header[1] = 0;
        var data = stackalloc uint[6];
        data[0] = (uint)step->A;
        data[1] = (uint)step->B;
        data[2] = (uint)step->C;
        data[3] = (uint)(step->A >> 32);
        data[4] = (uint)(step->B >> 32);
        data[5] = (uint)(step->C >> 32);
        var result = Syscall.Call(Syscall.Capset, (long)header, (long)data);
        var ambient = step->Text1 == 0 ? 0 : *(ulong*)(Plan.Base + step->Text1);
        for (var capability = 0; capability <= LastCapability && result >= 0; capability++)
        {
            if (((ambient >> capability) & 1) != 0)
                result = Syscall.Call(Syscall.Prctl, Ambient, 2, capability);
        }

        return result;
    }
}
