using System.IO.Enumeration;

namespace Orchestrator.Linux.Files;

/// <summary>How much a tree has, while others may be changing it.</summary>
public static class TreeSize
{
    private const long BlockBytes = 512; // The unit of st_blocks, whatever the file system's.

    private static readonly EnumerationOptions All = new()
    {
        RecurseSubdirectories = true, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.ReparsePoint,
    };

    /// <summary>The lengths of all files below, less their holes; what vanishes meanwhile is not counted.</summary>
    /// <remarks>
    /// Holes take no room, and a few files of nothing else are longer together than a number of 64 bits can say.
    /// </remarks>
    public static long Of(string path)
    {
        try
        {
            return new FileSystemEnumerable<long>(path, LengthOf, All)
            {
                ShouldIncludePredicate = (ref FileSystemEntry entry) => !entry.IsDirectory,
            }.Sum();
        }
        catch (IOException)
        {
            return 0; // The folder itself is gone.
        }
    }

    private static long LengthOf(ref FileSystemEntry entry) =>
        LibcFiles.fstatat(LibcFiles.AT_FDCWD, entry.ToFullPath(), out var file, LibcFiles.AT_SYMLINK_NOFOLLOW) < 0
            ? 0 : Math.Min(file.Size, Math.Max(file.Blocks * BlockBytes, file.BlockSize));
}
