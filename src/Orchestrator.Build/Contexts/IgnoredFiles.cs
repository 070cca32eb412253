using Orchestrator.Build.Syntax.Patterns;
using Orchestrator.Linux.Files;

namespace Orchestrator.Build.Contexts;

/// <summary>Takes out of a context what its <c>.dockerignore</c> leaves out.</summary>
internal static class IgnoredFiles
{
    private const string Name = ".dockerignore";

    /// <summary>What a client sends along only because the daemon reads it, after that was done.</summary>
    public static void RemoveSent(string folder, string dockerfile)
    {
        if (Read(folder) is not { } ignore)
            return;
        foreach (var path in (string[])[Name, UnixPath.Clean(dockerfile).TrimStart('/')])
        {
            if (ignore.Excludes(path))
                File.Delete(Path.Combine(folder, path));
        }
    }

    /// <summary>All of it, where no client has done so.</summary>
    public static void RemoveAll(string folder)
    {
        if (Read(folder) is { } ignore)
            Remove(ignore, folder, "");
    }

    private static IgnoreFile? Read(string folder)
    {
        var path = Path.Combine(folder, Name);
        if (new FileInfo(path) is not { Exists: true, LinkTarget: null })
            return null;
        try
        {
            return IgnoreFile.Parse(File.ReadAllBytes(path));
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
