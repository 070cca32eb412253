using Orchestrator.Linux.Files;

namespace Orchestrator.Build.Copying;

/// <summary>Opens files of trees that others have filled.</summary>
internal static class RegularFile
{
    /// <summary>Follows links inside the tree, and opens nothing but a file: to open a pipe may wait for ever, to open a
    /// device may set it going.</summary>
    /// <returns>Null: there is none, or it is something else.</returns>
    /// <exception cref="BuildException">Links go in circles.</exception>
    public static FileStream? TryOpen(DirectoryHandle root, string path)
    {
        var real = ScopedPath.Resolve(root, path);
        return real.Length > 0 && root.TryStat(real, out var status) && status.Kind == FileKind.Regular
            ? new FileStream(root.OpenIn(real, OpenFlags.O_RDONLY | OpenFlags.O_NONBLOCK), FileAccess.Read) : null;
    }
}
