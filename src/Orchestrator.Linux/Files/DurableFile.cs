namespace Orchestrator.Linux.Files;

/// <summary>Writes that leave either the old or the new after a power cut at any instruction.</summary>
public static class DurableFile
{
    /// <summary>Replaces the whole file: temporary sibling, fsync, rename, fsync of the directory.</summary>
    /// <param name="mode">Permission bits of the new file.</param>
    public static void Replace(string path, ReadOnlySpan<byte> content, UnixFileMode mode = OwnerOnly)
    {
        Swap(path, content, mode, flush: true);
        SyncDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    /// <summary>Replaces the whole file for whoever reads it from now on; a power cut soon after may leave the old one.</summary>
    /// <param name="mode">Permission bits of the new file.</param>
    public static void ReplaceForNow(string path, ReadOnlySpan<byte> content, UnixFileMode mode = OwnerOnly) =>
        Swap(path, content, mode, flush: false);

    private static void Swap(string path, ReadOnlySpan<byte> content, UnixFileMode mode, bool flush)
    {
        var temporary = $"{path}.{Environment.ProcessId}.tmp";
        var options = new FileStreamOptions
        {
            Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = mode, BufferSize = 0,
        };
        try
        {
            using var file = new FileStream(temporary, options);
            file.Write(content);
            file.Flush(flush);
        }
        catch
        {
            File.Delete(temporary); // A full disk is not made fuller.
            throw;
        }

        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>fsync of a directory: makes its creations, renames and removals last.</summary>
    public static void SyncDirectory(string path)
    {
        var fd = LinuxException.Check(
            LibcFiles.openat(LibcFiles.AT_FDCWD, path, (int)(OpenFlags.O_DIRECTORY | OpenFlags.O_CLOEXEC), 0),
            "open", path);
        try
        {
            LinuxException.Check(LibcFiles.fsync(fd), "fsync", path);
        }
        finally
        {
            _ = LibcFiles.close(fd);
        }
    }

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
}
