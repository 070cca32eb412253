using Orchestrator.Linux.Io;

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
        return file.Duplicate(atLeast: 48); // Out of the way of the low numbers that children are given.
    }
}
