using Orchestrator.Init;
using Orchestrator.Linux.Io;
using Orchestrator.Linux.Processes;

namespace Orchestrator.Runtime.Init;

/// <summary>The orch-init that this binary carries, as a sealed file in memory: no container can reach, through
/// /proc/PID/exe, anything that another container will execute.</summary>
internal static class InitImage
{
    private static FileDescriptor? image;

    /// <summary>A path to execute, valid in this process and in a child between fork and exec.</summary>
    /// <param name="files">So many descriptors the child is given: the image's number is none of theirs.</param>
    public static string PathBeyond(int files)
    {
        image ??= Load();
        if (image.Fd < files)
            image = image.Duplicate(files); // The old one stays open until it is collected, which harms nobody.
        return image.ProcPath;
    }

    private static FileDescriptor Load()
    {
        using var resource = typeof(InitImage).Assembly.GetManifestResourceStream("orch-init")
            ?? throw new RuntimeException("this build of orch-runtime carries no orch-init; run deploy/build");
        var bytes = new byte[resource.Length];
        resource.ReadExactly(bytes);
        return MemoryFile.Sealed("orch-init", bytes);
    }
}
