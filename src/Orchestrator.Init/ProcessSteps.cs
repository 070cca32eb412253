namespace Orchestrator.Init;

/// <summary>Where the process is: cgroups, namespaces, which process it is.</summary>
internal static unsafe class ProcessSteps
{
    private const long WriteOnlyCloexec = 0x80001;

    public static long Execute(PlanStep* step)
    {
        switch (step->Op)
        {
            case PlanOp.JoinCgroup:
                var zero = (byte)'0'; // Whoever writes: needs no pid, so no question of whose namespace it counts in.
                return Write(Plan.Text(step->Text1), &zero, 1);
            case PlanOp.JoinNamespace:
                return Syscall.Call(Syscall.Setns, step->B, step->A);
            case PlanOp.JoinProcess:
                var hidden = IdentitySteps.ForbidTracing(); // Its programs see us from the moment we are in.
                return hidden < 0 ? hidden : Syscall.Call(Syscall.Setns, step->A, step->B);
            case PlanOp.Unshare:
                return Syscall.Call(Syscall.Unshare, step->A);
            case PlanOp.Fork:
                return Fork();
            case PlanOp.WriteFile:
                var text = Plan.Text(step->Text2);
                return Write(Plan.Text(step->Text1), text, Bytes.Length(text));
            case PlanOp.Session:
                return Syscall.Call(Syscall.Setsid);
            case PlanOp.OpenCgroup:
                return OpenCgroup(Plan.Text(step->Text1));
            case PlanOp.Ask:
                return Ask((int)step->A);
            case PlanOp.Reaper:
                return Reaper.Execute();
            default:
                return -Syscall.Einval;
        }
    }

    /// <summary>The end of the socket means that the runtime died, or gave up: so ends this.</summary>
    private static long Ask(int request)
    {
        Plan.Send(ReportKind.Request, 0, request);
        byte answer;
        if (Syscall.Call(Syscall.Read, InitFd.Sync, (long)&answer, 1) != 1)
            Plan.Exit(1);
        return 0;
    }

    /// <summary>A plain fork, safe because there is no runtime whose threads it could lose. CLONE_PARENT makes the
    /// child the runtime's own, so that it may wait for it; and in a new pid namespace the child is pid 1.</summary>
    private static long Fork()
    {
        const long cloneParent = 0x8000, sigchld = 17;
        var pid = Plan.Cgroup < 0 ? Syscall.Call(Syscall.Clone, cloneParent | sigchld) : ForkIntoCgroup();
        if (pid == 0)
            Plan.Cgroup = -1; // It is there; its own child needs no right to be born there.
        if (pid <= 0)
            return pid;
        Plan.Send(ReportKind.Forked, 0, (int)pid);
        Plan.Exit(0);
        return 0;
    }

    private static long OpenCgroup(byte* path)
    {
        const long openPath = 0x200000 | 0x10000 | 0x80000; // O_PATH, O_DIRECTORY, O_CLOEXEC
        return Plan.Cgroup = (int)Syscall.Call(Syscall.Openat, Syscall.AtFdcwd, (long)path, openPath);
    }

    /// <summary>Born into it rather than moved: a move waits for every CPU of the host.</summary>
    private static long ForkIntoCgroup()
    {
        const long cloneParent = 0x8000, intoCgroup = 0x200000000;
        // struct clone_args: flags first, cgroup last; no exit signal with a parent.
        var arguments = stackalloc long[11];
        for (var i = 0; i < 11; i++)
            arguments[i] = 0;
        arguments[0] = cloneParent | intoCgroup;
        arguments[10] = Plan.Cgroup;
        return Syscall.Call(Syscall.Clone3, (long)arguments, 88);
    }

    private static long Write(byte* path, byte* content, int length)
    {
        var below = ProcFiles.Below(path);
        var fd = below != null ? ProcFiles.Open(below, WriteOnlyCloexec)
            : Syscall.Call(Syscall.Openat, Syscall.AtFdcwd, (long)path, WriteOnlyCloexec);
        if (fd < 0)
            return fd;
        var result = Syscall.Call(Syscall.Write, fd, (long)content, length);
        Syscall.Call(Syscall.Close, fd);
        return result;
    }
}
