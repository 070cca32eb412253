using Orchestrator.Init;
using Orchestrator.Linux.Io;
using Orchestrator.Linux.Processes;

namespace Orchestrator.Runtime.Init;

/// <summary>The orch-init that this binary carries, as a sealed file in memory: no container can reach, through
/// /proc/PID/exe, anything that another container will execute.</summary>
internal static class InitImage
{
    private static readonly Lazy<FileDescriptor> Image = new(Load);

    /// <summary>A path to execute, valid in this process and in a child between fork and exec.</summary>
    public static string Path => Image.Value.ProcPath;

    private static FileDescriptor Load()
    {
        using var resource = typeof(InitImage).Assembly.GetManifestResourceStream("orch-init")
            ?? throw new RuntimeException("this build of orch-runtime carries no orch-init; run deploy/build");
        var bytes = new byte[resource.Length];
        resource.ReadExactly(bytes);
        using var file = MemoryFile.Sealed("orch-init", bytes);
        const int openFiles = 7;
        var (allowed, _) = ThisProcess.Limit(openFiles);
        // Out of the way of the numbers that children are given.
        return file.Duplicate(atLeast: (int)Math.Min(InitFd.Last + 1, allowed - 1));
    }
}
