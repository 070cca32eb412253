using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Orchestrator.Linux.Files;

namespace Orchestrator.Linux.Processes;

/// <summary>
/// A pidfd: names one process for as long as it is open, so a reused pid is never signalled by mistake.
/// </summary>
/// <remarks>Becomes readable (epoll) when the process ends. Source: pidfd_open(2); Linux 5.3, glibc 2.36.</remarks>
public sealed unsafe partial class PidFd : SafeHandleMinusOneIsInvalid
{
    private PidFd(int fd) : base(ownsHandle: true) => SetHandle(fd);

    public int Fd => (int)handle;

    /// <exception cref="LinuxException">ESRCH: no such process. EMFILE: no free file descriptor.</exception>
    public static PidFd Open(int pid) =>
        new(LinuxException.Check(pidfd_open(pid, flags: 0), "pidfd_open", $"pid {pid}"));

    /// <exception cref="LinuxException">ESRCH: it has ended.</exception>
    public void Signal(int signal) =>
        LinuxException.Check(pidfd_send_signal(Fd, signal, null, 0), "pidfd_send_signal", $"signal {signal}");

    /// <returns>False: it has ended.</returns>
    public bool TrySignal(int signal)
    {
        if (pidfd_send_signal(Fd, signal, null, 0) == 0)
            return true;
        var errno = (Errno)Marshal.GetLastPInvokeError();
        return errno == Errno.ESRCH ? false : throw new LinuxException("pidfd_send_signal", $"signal {signal}", errno);
    }

    /// <summary>A copy of a descriptor of the process.</summary>
    /// <exception cref="LinuxException">EPERM: it may not be traced by us. EBADF: it has no such descriptor.</exception>
    public Io.FileDescriptor TakeCopy(int fd) =>
        new(LinuxException.Check(pidfd_getfd(Fd, fd, flags: 0), "pidfd_getfd", $"descriptor {fd}"));

    protected override bool ReleaseHandle() => LibcFiles.close((int)handle) == 0;

    // Imported as int: marshalled straight into a handle, -1 may be read as 0xffffffff, which passes for valid.
    [LibraryImport("libc", SetLastError = true)] private static partial int pidfd_open(int pid, uint flags);

    [LibraryImport("libc", SetLastError = true)] private static partial int pidfd_getfd(int fd, int theirs, uint flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int pidfd_send_signal(int fd, int signal, void* info, uint flags);
}
