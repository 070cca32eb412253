using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Orchestrator.Linux.Files;

namespace Orchestrator.Linux.Io;

[Flags]
#pragma warning disable CA1028 // The kernel's type.
public enum PollEvents : uint
{
    None = 0,
    In = 1,
    Priority = 2,
    Out = 4,
    Error = 8,
    HangUp = 0x10,
    ReadHangUp = 0x2000,
}

/// <summary>Level-triggered epoll; what is watched is named by a number of the caller's.</summary>
public sealed unsafe partial class Epoll : SafeHandleMinusOneIsInvalid
{
    private const int Add = 1, Delete = 2, Modify = 3, Cloexec = 0x80000, Batch = 32;

    public Epoll() : base(ownsHandle: true) =>
        SetHandle(LinuxException.Check(epoll_create1(Cloexec), "epoll_create1", "epoll"));

    public void Watch(int fd, PollEvents events, long key) => Control(Add, fd, events, key);

    public void Change(int fd, PollEvents events, long key) => Control(Modify, fd, events, key);

    public void Forget(int fd) => Control(Delete, fd, PollEvents.None, 0);

    /// <summary>Waits until something is ready.</summary>
    /// <param name="milliseconds">-1: without limit.</param>
    /// <param name="ready">Filled with keys and what is ready; at most its length.</param>
    public int Wait(int milliseconds, Span<(long Key, PollEvents Events)> ready)
    {
        var events = stackalloc EpollEvent[Batch];
        int count;
        while ((count = epoll_wait((int)handle, events, Math.Min(Batch, ready.Length), milliseconds)) < 0)
        {
            if ((Errno)Marshal.GetLastPInvokeError() != Errno.EINTR)
                LinuxException.Check(-1, "epoll_wait", "epoll");
        }

        for (var i = 0; i < count; i++)
            ready[i] = (events[i].Key, (PollEvents)events[i].Events);
        return count;
    }

    protected override bool ReleaseHandle() => LibcFiles.close((int)handle) == 0;

    private void Control(int operation, int fd, PollEvents events, long key)
    {
        var request = new EpollEvent { Events = (uint)events, Key = key };
        LinuxException.Check(epoll_ctl((int)handle, operation, fd, &request), "epoll_ctl", $"fd {fd}");
    }

    /// <summary>struct epoll_event: packed on x86-64.</summary>
    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    internal struct EpollEvent
    {
        public uint Events;
        public long Key;
    }

    [LibraryImport("libc", SetLastError = true)] private static partial int epoll_create1(int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_ctl(int epoll, int operation, int fd, EpollEvent* request);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_wait(int epoll, EpollEvent* events, int count, int milliseconds);
}
