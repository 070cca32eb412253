using System.Runtime.InteropServices;

namespace Orchestrator.Linux;

/// <summary>Makes the running program a helper that outlives whoever started it.</summary>
public static partial class DetachedProcess
{
    /// <summary>Leaves the starter's session and terminal; standard output and error go to the end of a file.</summary>
    public static void Detach(string logPath)
    {
        _ = setsid(); // EPERM: leads a group already, as when started by hand; then there is nothing to leave.
        Redirect("/dev/null", 0, 0);
        Redirect(logPath, O_WRONLY | O_CREAT | O_APPEND, 1);
        Redirect(logPath, O_WRONLY | O_CREAT | O_APPEND, 2);
    }

    private const int O_WRONLY = 1, O_CREAT = 0x40, O_APPEND = 0x400;

    private static void Redirect(string path, int flags, int target)
    {
        var fd = LinuxException.Check(open(path, flags, 0x180), "open", path);
        LinuxException.Check(dup2(fd, target), "dup2", path);
        if (fd > 2)
            _ = close(fd);
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setsid();

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int dup2(int from, int to);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int close(int fd);
}
