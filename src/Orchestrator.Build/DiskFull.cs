using Orchestrator.Linux;

namespace Orchestrator.Build;

/// <summary>A full disk, in words for whoever builds.</summary>
internal static class DiskFull
{
    /// <summary>.NET and we both put the errno into HResult.</summary>
    public static bool Is(IOException error) => error.HResult is (int)Errno.ENOSPC or (int)Errno.EDQUOT;

    public static BuildException Explain(IOException error) => new(
        "no space left on device: free some, for example with \"orch builder prune\" or \"orch rmi\", and try again",
        inner: error);
}
