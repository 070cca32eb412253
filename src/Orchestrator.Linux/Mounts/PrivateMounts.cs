using System.Runtime.InteropServices;
using Orchestrator.Linux.Processes;

namespace Orchestrator.Linux.Mounts;

/// <summary>A mount namespace for a moment: what is mounted in it nobody else sees, and a crash leaves nothing of it.
/// </summary>
public static partial class PrivateMounts
{
    /// <summary>Runs <paramref name="work"/> in a copy of this process's mounts, on a thread of its own.</summary>
    /// <param name="uid">As whom files are made: an overlay makes its own as whoever mounts it.</param>
    /// <param name="work">Must not await. Descriptors it returns stay good.</param>
    public static T Run<T>(uint uid, uint gid, Func<T> work) => OwnThread.Run("mounts", () =>
    {
        LinuxException.Check(unshare((int)NamespaceKinds.Mount), "unshare", "mount");
        MountCalls.Mount(null, "/", null, MountFlags.Private | MountFlags.Recursive);
        FileIdentity.Take(uid, gid);
        return work();
    });

    [LibraryImport("libc", SetLastError = true)] private static partial int unshare(int flags);
}
