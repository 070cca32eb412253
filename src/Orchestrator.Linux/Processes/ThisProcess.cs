using System.Runtime.InteropServices;

namespace Orchestrator.Linux.Processes;

/// <summary>Attributes of the calling process.</summary>
public static unsafe partial class ThisProcess
{
    private const int SetDumpable = 4, SetChildSubreaper = 36;

    /// <summary>Orphaned descendants become our children, to be reaped here.</summary>
    public static void BecomeSubreaper() =>
        LinuxException.Check(prctl(SetChildSubreaper, 1, 0, 0, 0), "prctl", "PR_SET_CHILD_SUBREAPER");

    /// <summary>Others of the same user may not trace this process or open its /proc files.</summary>
    public static void ForbidTracing() =>
        LinuxException.Check(prctl(SetDumpable, 0, 0, 0, 0), "prctl", "PR_SET_DUMPABLE");

    /// <summary>A signal that whoever started us has ignored acts again, so that a handler can be set.</summary>
    public static void TakeSignal(int signal) => _ = LibcSignal(signal, 0);

    /// <summary>Leaves the session of whoever started us.</summary>
    /// <returns>False: we lead a process group already, so it cannot be.</returns>
    public static bool LeaveSession() => setsid() >= 0;

    public static uint EffectiveUser => geteuid();

    public static uint EffectiveGroup => getegid();

    /// <summary>Soft and hard limit of a resource (RLIMIT_*).</summary>
    public static (ulong Soft, ulong Hard) Limit(int resource)
    {
        var limit = stackalloc ulong[2];
        LinuxException.Check(getrlimit(resource, limit), "getrlimit", $"resource {resource}");
        return (limit[0], limit[1]);
    }

    /// <summary>
    /// Sends a signal by pid; only for pids that cannot have been reused (own children, frozen processes).
    /// </summary>
    /// <returns>False: no such process.</returns>
    public static bool Kill(int pid, int signal)
    {
        if (kill(pid, signal) == 0)
            return true;
        var errno = (Errno)Marshal.GetLastPInvokeError();
        return errno == Errno.ESRCH ? false : throw new LinuxException("kill", $"pid {pid}", errno);
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int prctl(int option, nuint a, nuint b, nuint c, nuint d);

    [LibraryImport("libc", EntryPoint = "signal")] private static partial nint LibcSignal(int signal, nint handler);
    [LibraryImport("libc")] private static partial uint geteuid();
    [LibraryImport("libc")] private static partial uint getegid();
    [LibraryImport("libc", SetLastError = true)] private static partial int setsid();
    [LibraryImport("libc", SetLastError = true)] private static partial int getrlimit(int resource, ulong* limit);
    [LibraryImport("libc", SetLastError = true)] private static partial int kill(int pid, int signal);
}
