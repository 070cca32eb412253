namespace Orchestrator.Init;

/// <summary>The plan being executed, what its steps share, and how they report.</summary>
internal static unsafe class Plan
{
    public static byte* Base;
    public static int Current;

    /// <summary>The container's root, opened before anything of the container could run; -1 until then.</summary>
    public static int Root = -1;

    /// <summary>The v2 cgroup the next fork goes to; -1: where we are.</summary>
    public static int Cgroup = -1;

    /// <summary>Where reports go.</summary>
    public static int Sync = InitFd.Sync;

    public static byte* Text(int offset) => offset == 0 ? null : Base + offset;

    public static void Fail(int errno)
    {
        Send(ReportKind.Failed, errno, 0);
        Exit(1);
    }

    public static void Exit(int code)
    {
        while (true)
            Syscall.Call(Syscall.ExitGroup, code);
    }

    public static long Send(ReportKind kind, int errno, int value)
    {
        Report report;
        report.Kind = kind;
        report.Step = Current;
        report.Errno = errno;
        report.Value = value;
        return Syscall.Call(Syscall.Write, Sync, (long)&report, sizeof(Report));
    }

    /// <summary>A report with a file descriptor riding on it (SCM_RIGHTS).</summary>
    public static long SendFd(ReportKind kind, int fd, int value = 0)
    {
        Report report;
        report.Kind = kind;
        report.Step = Current;
        report.Errno = 0;
        report.Value = value;
        var vector = stackalloc long[2];
        vector[0] = (long)&report;
        vector[1] = sizeof(Report);
        var control = stackalloc long[3]; // cmsghdr: length, level and type, then the fd.
        control[0] = 20;
        ((int*)control)[2] = 1;
        ((int*)control)[3] = 1;
        ((int*)control)[4] = fd;
        var message = stackalloc long[7]; // msghdr: name, its length, vectors, their count, control, its length, flags.
        message[0] = 0;
        message[1] = 0;
        message[2] = (long)vector;
        message[3] = 1;
        message[4] = (long)control;
        message[5] = 24;
        message[6] = 0;
        return Syscall.Call(Syscall.Sendmsg, Sync, (long)message);
    }
}
