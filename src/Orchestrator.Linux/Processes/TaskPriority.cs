using System.Runtime.InteropServices;

namespace Orchestrator.Linux.Processes;

/// <summary>How the kernel schedules another process.</summary>
public static unsafe partial class TaskPriority
{
    /// <param name="attributes">A struct sched_attr.</param>
    public static void SetScheduler(int pid, ReadOnlySpan<byte> attributes)
    {
        fixed (byte* bytes = attributes)
            LinuxException.Check((int)sched_setattr(314, pid, bytes, 0), "sched_setattr", $"pid {pid}");
    }

    /// <param name="priority">IOPRIO_PRIO_VALUE.</param>
    public static void SetIo(int pid, int priority)
    {
        const int process = 1;
        LinuxException.Check((int)ioprio_set(251, process, pid, priority), "ioprio_set", $"pid {pid}");
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long sched_setattr(long number, long pid, byte* attributes, long flags);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long ioprio_set(long number, long which, long who, long priority);
}
