using System.Runtime.InteropServices;

namespace Orchestrator.Linux.Processes;

/// <summary>As whom the calling thread makes files. Only for a thread of one's own: there is no way back.</summary>
/// <remarks>Source: setfsuid(2), capabilities(7): leaving uid 0 would take away the powers over files, unless a
/// secure bit forbids that.</remarks>
internal static partial class FileIdentity
{
    private const int GetSecureBits = 27, SetSecureBits = 28, NoSetuidFixup = 4;

    /// <summary>Takes ids and keeps every capability.</summary>
    public static void Take(uint uid, uint gid)
    {
        var bits = LinuxException.Check(prctl(GetSecureBits, 0, 0, 0, 0), "prctl", "PR_GET_SECUREBITS");
        LinuxException.Check(
            prctl(SetSecureBits, (nuint)(bits | NoSetuidFixup), 0, 0, 0), "prctl", "PR_SET_SECUREBITS");
        // They answer with the id before, whether it went well or not: asking for nobody tells what it is now.
        _ = setfsgid(gid);
        _ = setfsuid(uid);
        if ((uint)setfsuid(uint.MaxValue) != uid || (uint)setfsgid(uint.MaxValue) != gid)
            throw new LinuxException("setfsuid", $"{uid}:{gid}", Errno.EPERM);
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int prctl(int option, nuint a, nuint b, nuint c, nuint d);

    [LibraryImport("libc")] private static partial int setfsuid(uint uid);

    [LibraryImport("libc")] private static partial int setfsgid(uint gid);
}
