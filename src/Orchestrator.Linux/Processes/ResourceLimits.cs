using System.Runtime.InteropServices;

namespace Orchestrator.Linux.Processes;

/// <summary>Limits of another process. Source: prlimit(2).</summary>
public static unsafe partial class ResourceLimits
{
    /// <param name="resource">RLIMIT_*.</param>
    /// <exception cref="LinuxException">EPERM: to raise a hard limit takes CAP_SYS_RESOURCE.</exception>
    public static void Set(int pid, int resource, ulong soft, ulong hard)
    {
        var limit = stackalloc ulong[] { soft, hard };
        LinuxException.Check(prlimit(pid, resource, limit, null), "prlimit", $"pid {pid}, resource {resource}");
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int prlimit(int pid, int resource, ulong* limit, ulong* before);
}
