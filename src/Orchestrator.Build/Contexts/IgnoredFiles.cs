using Orchestrator.Build.Copying;
using Orchestrator.Build.Syntax.Patterns;
using Orchestrator.Linux.Files;

namespace Orchestrator.Build.Contexts;

/// <summary>Takes out of a context what its <c>.dockerignore</c> leaves out.</summary>
internal static class IgnoredFiles
{
    private const string Name = ".dockerignore";

    private const int MaxBytes = 4 << 20;

    /// <summary>What a client sends along only because the daemon reads it, after that was done.</summary>
    /// <remarks>The Dockerfile's folder may be a link that the client sent, and must not lead out.</remarks>
    public static void RemoveSent(DirectoryHandle root, string dockerfile)
    {
        if (Read(root) is not { } ignore)
            return;
        foreach (var path in (string[])[Name, UnixPath.Clean(dockerfile).TrimStart('/')])
        {
            var real = ScopedPath.Resolve(root, path, followLast: false);
            if (ignore.Excludes(path) && root.TryStat(real, out var status) && status.Kind != FileKind.Directory)
                root.Remove(real);
        }
    }

    /// <summary>All of it, where no client has done so.</summary>
    public static void RemoveAll(DirectoryHandle root, string folder)
    {
        if (Read(root) is { } ignore)
            Remove(ignore, folder, "");
    }

    private static IgnoreFile? Read(DirectoryHandle root)
    {
        if (!root.TryStat(Name, out var status) || status.Kind != FileKind.Regular || status.Size > MaxBytes)
            return null;
        using var file = RegularFile.TryOpen(root, Name)!;
        var content = new byte[file.Length];
        file.ReadExactly(content);
        try
        {
            return IgnoreFile.Parse(content);
        }
        catch (FormatException e)
        {
            throw new BuildException($"{Name}: {e.Message}", inner: e);
        }
    }

    private static void Remove(IgnoreFile ignore, string folder, string prefix)
    {
        foreach (var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos().ToList())
        {
            var path = prefix + entry.Name;
            var isFolder = entry is DirectoryInfo { LinkTarget: null };
            if (isFolder && ignore.ExcludesAllBelow(path))
                DirectoryTree.Delete(entry.FullName);
            else if (isFolder)
                Remove(ignore, entry.FullName, path + "/");
            else if (ignore.Excludes(path))
                entry.Delete();
        }
    }
}
