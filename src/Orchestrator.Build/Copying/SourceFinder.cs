using Orchestrator.Linux.Files;

namespace Orchestrator.Build.Copying;

/// <summary>Finds what the sources of a COPY mean in a tree.</summary>
internal sealed class SourceFinder(DirectoryHandle root, Func<string, bool> leaves, bool parents)
{
    /// <param name="source">A path or pattern; a leading slash makes no difference, and nothing leads out.</param>
    /// <exception cref="BuildException">There is nothing of the kind.</exception>
    public IReadOnlyList<CopyItem> Find(string source)
    {
        var (pivot, pattern) = Pivot(source);
        var clean = UnixPath.Clean(pattern).TrimStart('/');
        if (!Wildcard.Is(clean))
            return [Item(clean, clean, pivot)
                ?? throw new BuildException(
                    "file not found in build context or excluded by .dockerignore: "
                    + $"stat {(clean.Length == 0 ? "." : clean)}: file does not exist")];
        var found = Expand(clean).Select(path => Item(path, path, pivot)).OfType<CopyItem>().ToList();
        return found.Count > 0 ? found : throw new BuildException("no source files were specified");
    }

    /// <summary>With <c>--parents</c>, <c>/./</c> parts what is made below the destination from what is not.</summary>
    private static (string Pivot, string Pattern) Pivot(string source)
    {
        var at = source.IndexOf("/./", StringComparison.Ordinal);
        var before = at < 0 ? "" : UnixPath.Clean(source[..at]).TrimStart('/');
        return (before.Length == 0 ? "" : before + "/", source);
    }

    private CopyItem? Item(string path, string shown, string pivot)
    {
        var real = ScopedPath.Resolve(root, path);
        if ((real.Length > 0 && (leaves(real) || leaves(real[(real.LastIndexOf('/') + 1)..]))) || !root.TryStat(real.Length == 0 ? "." : real, out var status))
            return null;
        var name = !parents ? shown[(shown.LastIndexOf('/') + 1)..]
            : shown.StartsWith(pivot, StringComparison.Ordinal) ? shown[pivot.Length..] : shown;
        return new CopyItem(root, real, name, status.Kind == FileKind.Directory, Leaves(real));
    }

    /// <summary>A pattern means a path from the tree's root, or from the folder that is copied.</summary>
    private Func<string, bool> Leaves(string folder) => path => leaves(path)
        || (folder.Length > 0 && path.StartsWith(folder + "/", StringComparison.Ordinal) && leaves(path[(folder.Length + 1)..]));

    /// <summary>Step by step, so that only folders are read that a pattern can be in.</summary>
    private IEnumerable<string> Expand(string pattern)
    {
        IEnumerable<string> found = [""];
        foreach (var step in pattern.Split('/'))
            found = found.SelectMany(folder => Step(folder, step)).ToList();
        return found.Order(StringComparer.Ordinal);
    }

    private IEnumerable<string> Step(string folder, string step)
    {
        string Join(string name) => folder.Length == 0 ? name : $"{folder}/{name}";
        if (step == "**")
            return Below(folder).Prepend(folder);
        if (!Wildcard.Is(step))
            return root.TryStat(ScopedPath.Resolve(root, Join(step)), out _) ? [Join(step)] : [];
        return Names(folder).Where(Wildcard.Parse(step)).Select(Join);
    }

    private IEnumerable<string> Below(string folder) => Names(folder).Select(
        name => folder.Length == 0 ? name : $"{folder}/{name}").Where(IsFolder).SelectMany(
        path => Below(path).Prepend(path));

    private bool IsFolder(string path) => root.TryStat(path, out var status) && status.Kind == FileKind.Directory;

    private List<string> Names(string folder)
    {
        var real = ScopedPath.Resolve(root, folder);
        if (!root.TryStat(real.Length == 0 ? "." : real, out var status) || status.Kind != FileKind.Directory)
            return [];
        using var opened = root.OpenDirectoryIn(real.Length == 0 ? "." : real);
        return [.. Directory.EnumerateFileSystemEntries(opened.ProcPath).Select(path => Path.GetFileName(path)!)
            .Order(StringComparer.Ordinal)];
    }
}
