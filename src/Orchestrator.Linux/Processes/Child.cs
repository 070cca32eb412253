using System.Runtime.InteropServices;
using System.Text;
using Orchestrator.Linux.Io;

namespace Orchestrator.Linux.Processes;

/// <summary>How a child ended, as wait(2) words it.</summary>
public readonly record struct WaitStatus(int Raw)
{
    public int Signal => Raw & 0x7f;

    /// <summary>As a shell counts: 128 + signal for one that was killed.</summary>
    public int ExitCode => Signal == 0 ? (Raw >> 8) & 0xff : 128 + Signal;
}

/// <summary>
/// Children started and reaped without <see cref="System.Diagnostics.Process"/>, which would compete for them.
/// </summary>
public static unsafe partial class Child
{
    private const int NoHang = 1;

    /// <summary>Starts a program with no environment, default signals, and exactly the given files.</summary>
    /// <param name="files">File n becomes the child's descriptor n; null leaves that one closed.</param>
    /// <returns>Its pid; the caller reaps it.</returns>
    public static int Spawn(string path, string argument0, params ReadOnlySpan<FileDescriptor?> files) =>
        Spawn(path, [argument0], files);

    /// <inheritdoc cref="Spawn(string, string, ReadOnlySpan{FileDescriptor?})"/>
    public static int Spawn(string path, IReadOnlyList<string> arguments, params ReadOnlySpan<FileDescriptor?> files) =>
        Spawn(path, arguments, [], null, files);

    /// <inheritdoc cref="Spawn(string, string, ReadOnlySpan{FileDescriptor?})"/>
    /// <param name="environment">All of it.</param>
    /// <param name="directory">Where it starts; null: where we are.</param>
    public static int Spawn(
        string path, IReadOnlyList<string> arguments, IReadOnlyList<string> environment, string? directory,
        ReadOnlySpan<FileDescriptor?> files)
    {
        // Sources are copied out of the way first: a dup2 below must not overwrite one that is still to come. Not
        // further than need be: from 64 on the kernel enlarges a table that threads share, and waits for all CPUs.
        var copies = new List<FileDescriptor>();
        var actions = stackalloc byte[80];
        var attributes = stackalloc byte[336];
        _ = posix_spawn_file_actions_init(actions);
        _ = posix_spawnattr_init(attributes);
        try
        {
            for (var i = 0; i < files.Length; i++)
            {
                if (files[i] is not { } file)
                    continue;
                copies.Add(file.Duplicate(atLeast: files.Length));
                _ = posix_spawn_file_actions_adddup2(actions, copies[^1].Fd, i);
            }

            if (directory is not null)
                _ = posix_spawn_file_actions_addchdir_np(actions, directory);
            DefaultSignals(attributes);
            return Start(path, arguments, environment, actions, attributes);
        }
        finally
        {
            _ = posix_spawn_file_actions_destroy(actions);
            _ = posix_spawnattr_destroy(attributes);
            copies.ForEach(c => c.Dispose());
        }
    }

    /// <summary>Reaps one ended child, if there is one.</summary>
    /// <param name="pid">-1: any.</param>
    public static bool TryReap(int pid, out int reaped, out WaitStatus status)
    {
        int raw;
        reaped = waitpid(pid, &raw, NoHang);
        status = new WaitStatus(raw);
        return reaped > 0;
    }

    /// <summary>Waits for one child to end.</summary>
    public static WaitStatus Reap(int pid)
    {
        int raw;
        while (waitpid(pid, &raw, 0) < 0)
        {
            if ((Errno)Marshal.GetLastPInvokeError() != Errno.EINTR)
                LinuxException.Check(-1, "waitpid", $"pid {pid}");
        }

        return new WaitStatus(raw);
    }

    /// <summary>Waits for one child to end; it is not reaped.</summary>
    /// <returns>False: it has not, in that time.</returns>
    public static bool Ends(int pid, TimeSpan within)
    {
        using var process = PidFd.Open(pid);
        var watched = new PollFd { Fd = process.Fd, Events = 1 };
        int count;
        while ((count = poll(&watched, 1, (int)Math.Min(within.TotalMilliseconds, int.MaxValue))) < 0)
        {
            if ((Errno)Marshal.GetLastPInvokeError() != Errno.EINTR)
                LinuxException.Check(-1, "poll", $"pid {pid}");
        }

        return count > 0;
    }

    private static int Start(
        string path, IReadOnlyList<string> arguments, IReadOnlyList<string> environment, byte* actions, byte* attributes)
    {
        int pid;
        var pointers = stackalloc byte*[arguments.Count + 1];
        var variables = stackalloc byte*[environment.Count + 1];
        Fill(pointers, arguments);
        Fill(variables, environment);
        try
        {
            fixed (byte* file = Encoding.UTF8.GetBytes(path + '\0'))
            {
                var error = posix_spawn(&pid, file, actions, attributes, pointers, variables);
                return error == 0 ? pid : throw new LinuxException("posix_spawn", path, (Errno)error);
            }
        }
        finally
        {
            Free(pointers);
            Free(variables);
        }
    }

    private static void Fill(byte** pointers, IReadOnlyList<string> texts)
    {
        for (var i = 0; i < texts.Count; i++)
            pointers[i] = (byte*)Marshal.StringToCoTaskMemUTF8(texts[i]);
        pointers[texts.Count] = null;
    }

    private static void Free(byte** pointers)
    {
        for (; *pointers != null; pointers++)
            Marshal.FreeCoTaskMem((nint)(*pointers));
    }

    private static void DefaultSignals(byte* attributes)
    {
        const short setDefault = 0x4, setMask = 0x8;
        var all = stackalloc ulong[16];
        var none = stackalloc ulong[16];
        for (var i = 0; i < 16; i++)
        {
            all[i] = ulong.MaxValue;
            none[i] = 0;
        }

        _ = posix_spawnattr_setsigdefault(attributes, all);
        _ = posix_spawnattr_setsigmask(attributes, none);
        _ = posix_spawnattr_setflags(attributes, setDefault | setMask);
    }

    private struct PollFd
    {
        public int Fd;
        public short Events;
        public short Happened;
    }

    [LibraryImport("libc", SetLastError = true)] private static partial int poll(PollFd* watched, nuint count, int timeout);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int posix_spawn_file_actions_addchdir_np(byte* actions, string path);

    [LibraryImport("libc", SetLastError = true)] private static partial int waitpid(int pid, int* status, int options);

    [LibraryImport("libc")]
    private static partial int posix_spawn(
        int* pid, byte* path, byte* actions, byte* attributes, byte** arguments, byte** environment);

    [LibraryImport("libc")] private static partial int posix_spawn_file_actions_init(byte* actions);
    [LibraryImport("libc")] private static partial int posix_spawn_file_actions_destroy(byte* actions);
    [LibraryImport("libc")] private static partial int posix_spawn_file_actions_adddup2(
        byte* actions, int from, int to);
    [LibraryImport("libc")] private static partial int posix_spawnattr_init(byte* attributes);
    [LibraryImport("libc")] private static partial int posix_spawnattr_destroy(byte* attributes);
    [LibraryImport("libc")] private static partial int posix_spawnattr_setsigdefault(byte* attributes, ulong* signals);
    [LibraryImport("libc")] private static partial int posix_spawnattr_setsigmask(byte* attributes, ulong* signals);
    [LibraryImport("libc")] private static partial int posix_spawnattr_setflags(byte* attributes, short flags);
}
