using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Orchestrator.Linux.Processes;

namespace Orchestrator.Linux.Netlink;

/// <summary>A network namespace, held by an open file descriptor for as long as this object lives.</summary>
/// <remarks>
/// Entering one changes the calling thread, which goes back where it was as soon as the work is done: a thread of its own
/// would cost half a millisecond. A socket opened there stays in that namespace and may be used from any thread
/// afterwards. Source: setns(2), network_namespaces(7).
/// </remarks>
public sealed partial class NetNamespace : SafeHandleMinusOneIsInvalid
{
    private const int CLONE_NEWNET = 0x40000000;
    private const int O_RDONLY = 0, O_CLOEXEC = 0x80000;
    private const nuint MS_BIND = 4096;
    private const int MNT_DETACH = 2;
    private const string Self = "/proc/thread-self/ns/net";

    private NetNamespace(int fd) : base(ownsHandle: true) => SetHandle(fd);

    /// <exception cref="LinuxException">ENOENT: nothing at that path.</exception>
    public static NetNamespace Open(string path) =>
        new(LinuxException.Check(open(path, O_RDONLY | O_CLOEXEC), "open", path));

    /// <summary>The namespace of the calling thread, which is the process's unless it was changed.</summary>
    public static NetNamespace OpenSelf() => Open(Self);

    /// <summary>Makes a namespace and binds it to a file, so that it outlives this process.</summary>
    /// <param name="path">A file that does not exist yet, in an existing folder.</param>
    public static NetNamespace CreatePinned(string path)
    {
        RunInNew(() =>
        {
            File.WriteAllBytes(path, []);
            LinuxException.Check(mount(Self, path, null, MS_BIND, 0), "mount", path);
            return 0;
        });
        return Open(path);
    }

    /// <summary>Runs <paramref name="work"/> in a new namespace that is gone afterwards. Must not await.</summary>
    public static T RunInNew<T>(Func<T> work) => Away(() => LinuxException.Check(unshare(CLONE_NEWNET), "unshare", "net"), work);

    /// <summary>Binds the namespace at <paramref name="source"/> to a file, so that it outlives who lives in it.</summary>
    /// <param name="path">A file that does not exist yet, in an existing folder.</param>
    public static NetNamespace Pin(string source, string path)
    {
        File.WriteAllBytes(path, []);
        LinuxException.Check(mount(source, path, null, MS_BIND, 0), "mount", path);
        return Open(path);
    }

    /// <summary>Removes what <see cref="CreatePinned"/> left. Absent: nothing happens.</summary>
    public static void Unpin(string path)
    {
        // Detached, for a container's mount namespace may hold a copy; each call takes off one layer.
        while (umount2(path, MNT_DETACH) == 0)
        {
        }

        File.Delete(path);
    }

    /// <summary>Is a namespace bound to that file, not just a file left over by a crash?</summary>
    public static bool IsPinned(string path)
    {
        if (!File.Exists(path))
            return false;
        using var handle = Open(path);
        return ioctl((int)handle.handle, NS_GET_NSTYPE, 0) == CLONE_NEWNET;
    }

    /// <summary>Runs <paramref name="work"/> inside, on the calling thread. Must not await, nor start threads or tasks,
    /// which would be born inside.</summary>
    public T Run<T>(Func<T> work) => Away(Enter, work);

    /// <inheritdoc cref="Run{T}(Func{T})"/>
    public void Run(Action work) => Run(() =>
    {
        work();
        return 0;
    });

    /// <summary>A path that leads here for as long as this object lives.</summary>
    public string Path => $"/proc/self/fd/{Descriptor}";

    /// <summary>Number to put into an attribute such as IFLA_NET_NS_FD; valid while this object is alive.</summary>
    internal int Descriptor => (int)handle;

    protected override bool ReleaseHandle() => close((int)handle) == 0;

    private void Enter() => LinuxException.Check(setns((int)handle, CLONE_NEWNET), "setns", "net");

    private static T Away<T>(Action leave, Func<T> work)
    {
        using var home = OpenSelf();
        leave();
        try
        {
            return work();
        }
        finally
        {
            // A thread that is lost in there would do other people's work in a container.
            if (setns((int)home.handle, CLONE_NEWNET) != 0)
                Environment.FailFast($"a thread cannot leave a network namespace: errno {Marshal.GetLastPInvokeError()}");
        }
    }

    private const nuint NS_GET_NSTYPE = 0xb703;

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int close(int fd);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int unshare(int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setns(int fd, int type);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int mount(string source, string target, string? type, nuint flags, nint data);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int umount2(string target, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int ioctl(int fd, nuint request, nint argument);
}
