using System.Runtime.InteropServices;
using Orchestrator.Linux;
using Orchestrator.Linux.Io;
using Orchestrator.Linux.Processes;

namespace Orchestrator.Runtime.Init;

/// <summary>Between the user's terminal (or pipe) and the container's, until the process ends.</summary>
internal static class TerminalRelay
{
    private const long Input = 1, Output = 2, Ended = 3;

    public static int Run(FileDescriptor master, int pid)
    {
        var saved = TerminalCalls.IsTerminal(0) ? TerminalCalls.MakeRaw(0) : null;
        using var resize = PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ => CopySize(master));
        try
        {
            CopySize(master);
            Relay(master, pid);
            return Child.Reap(pid).ExitCode;
        }
        finally
        {
            if (saved is not null)
                TerminalCalls.Restore(0, saved);
        }
    }

    private static void CopySize(FileDescriptor master)
    {
        if (TerminalCalls.Size(0) is var (rows, columns))
            TerminalCalls.Resize(master.Fd, rows, columns);
    }

    private static void Relay(FileDescriptor master, int pid)
    {
        var streams = StandardStreams.Inherited();
        using var process = PidFd.Open(pid);
        using var epoll = new Epoll();
        epoll.Watch(master.Fd, PollEvents.In, Output);
        epoll.Watch(process.Fd, PollEvents.In, Ended);
        var hasInput = TryWatch(epoll);
        var buffer = new byte[4096];
        var ready = new (long Key, PollEvents)[3];
        while (true)
        {
            var count = epoll.Wait(-1, ready);
            var keys = ready.AsSpan(0, count).ToArray().Select(r => r.Key).ToArray();
            if (keys.Contains(Output) && !Copy(master, streams[1], buffer))
                return;
            if (keys.Contains(Input) && hasInput && !Copy(streams[0], master, buffer))
            {
                epoll.Forget(0);
                hasInput = false;
                master.WriteAll([4]); // End of transmission: what a terminal has for the end of a file.
            }

            if (keys is [Ended])
                return;
        }
    }

    /// <summary>A regular file cannot be watched; it would be input without a person, so there is none.</summary>
    private static bool TryWatch(Epoll epoll)
    {
        try
        {
            epoll.Watch(0, PollEvents.In, Input);
            return true;
        }
        catch (LinuxException e) when (e.Errno == Errno.EPERM)
        {
            return false;
        }
    }

    /// <returns>False: the source has ended. A master whose last slave is closed says EIO.</returns>
    private static bool Copy(FileDescriptor from, FileDescriptor to, byte[] buffer)
    {
        try
        {
            var count = from.Read(buffer);
            to.WriteAll(buffer.AsSpan(0, Math.Max(0, count)));
            return count != 0;
        }
        catch (LinuxException e) when (e.Errno == Errno.EIO)
        {
            return false;
        }
    }
}
