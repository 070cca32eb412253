using System.Runtime.InteropServices;

namespace Orchestrator.Linux.Nftables;

/// <summary>Work for which the number of a file descriptor has to be small, whatever this process has open.</summary>
/// <remarks>A low number is taken while there are some, and free on a thread that has a table of descriptors of its own.
/// Not an empty one: the runtime, too, has files that it needs on any thread. Source: unshare(2), CLONE_FILES.</remarks>
internal static partial class OwnDescriptors
{
    private const int O_RDONLY = 0, O_CLOEXEC = 0x80000, CLONE_FILES = 0x400;
    private const int SOL_SOCKET = 1, SO_PROTOCOL = 38, SO_DOMAIN = 39, AF_NETLINK = 16, NETLINK_NETFILTER = 12;

    private static readonly int Reserved = OpenNull();

    /// <summary>To be called early: keeps a number for later.</summary>
    public static void Reserve() => _ = Reserved;

    /// <summary>The number that the next file gets, if nobody is quicker.</summary>
    public static int LowestFree()
    {
        var fd = OpenNull();
        _ = close(fd);
        return fd;
    }

    /// <summary>Is that file a netlink socket towards netfilter?</summary>
    public static bool IsNetfilterSocket(int fd) => Option(fd, SO_DOMAIN) == AF_NETLINK && Option(fd, SO_PROTOCOL) == NETLINK_NETFILTER;

    /// <summary>Runs <paramref name="work"/> on a thread where what <paramref name="open"/> opens has the reserved number,
    /// born in the namespaces of the calling one. What others close meanwhile is closed as the thread ends.</summary>
    /// <returns>As soon as the work is done; closing what it was done with is not waited for.</returns>
    public static TResult Run<TSession, TResult>(Func<TSession> open, Func<TSession, TResult> work)
        where TSession : IDisposable
    {
        Reserve();
        var result = new TaskCompletionSource<TResult>();
        new Thread(() =>
        {
            try
            {
                LinuxException.Check(unshare(CLONE_FILES), "unshare", "files");
                _ = close(Reserved); // In this thread's table alone.
                using var session = open();
                result.SetResult(work(session));
            }
            catch (Exception e)
            {
                if (!result.TrySetException(e))
                    throw;
            }
        }) { IsBackground = true, Name = "own descriptors" }.Start();
        return result.Task.GetAwaiter().GetResult();
    }

    /// <returns>-1: it is no socket, or there is no such file.</returns>
    private static int Option(int fd, int name)
    {
        var size = sizeof(int);
        return getsockopt(fd, SOL_SOCKET, name, out var value, ref size) == 0 ? value : -1;
    }

    private static int OpenNull() =>
        LinuxException.Check(open("/dev/null", O_RDONLY | O_CLOEXEC), "open", "/dev/null");

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int close(int fd);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int getsockopt(int fd, int level, int name, out int value, ref int size);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int unshare(int flags);
}
