using System.Diagnostics.CodeAnalysis;
using Orchestrator.Linux;

namespace Orchestrator.Images;

/// <summary>What goes wrong with disks, in words for the user.</summary>
internal static class Disk
{
    /// <summary>
    /// Whether the failure is a full disk or a used-up quota. .NET and we both put the errno into HResult.
    /// </summary>
    public static bool IsFull(Exception error) =>
        error is IOException { HResult: (int)Errno.ENOSPC or (int)Errno.EDQUOT };

    [SuppressMessage("Design", "CA1031", Justification = "Used as an exception filter's action only.")]
    public static ImageException Full(string path, Exception inner) => new(ImageError.NoSpace,
        $"no space left on device: the disk that holds {path} is full; " +
        "free some space, for example with \"orch rmi\" or \"orch rm\", and try again", inner);

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Makes a folder only root can enter: images hold setuid programs that no local user may reach.</summary>
    public static void MakePrivate(string path)
    {
        Directory.CreateDirectory(path, OwnerOnly);
        File.SetUnixFileMode(path, OwnerOnly);
    }
}
