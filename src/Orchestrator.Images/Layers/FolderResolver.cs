using System.Collections.Immutable;
using Orchestrator.Images.Tar;
using Orchestrator.Linux.Files;

namespace Orchestrator.Images.Layers;

/// <summary>
/// Finds the folder an entry goes into, as a process inside the image would, making it where the layer lacks it.
/// </summary>
/// <remarks>
/// A folder that is only in a lower layer is made here with the attributes it has there; a symbolic link in any layer
/// is followed inside the image. (Unpacking <c>bin/sh</c> over a lower <c>bin → usr/bin</c> must not shadow the link.)
/// </remarks>
internal sealed class FolderResolver(DirectoryHandle root, LayerLookup lower) : IDisposable
{
    private const int MaxLinks = 40;

    private Folder? last;
    private string lastKey = "";

    /// <summary>A folder of the layer being unpacked.</summary>
    /// <param name="Path">From the root through real folders; empty for the root.</param>
    /// <param name="Lower">The lower layers that show through it, top first.</param>
    internal sealed record Folder(DirectoryHandle Handle, string Path, ImmutableArray<DirectoryHandle> Lower)
        : IDisposable
    {
        public string Join(string name) => Path.Length == 0 ? name : $"{Path}/{name}";

        public void Dispose() => Handle.Dispose();
    }

    /// <summary>
    /// The folder at these steps; valid until the next call of <see cref="Resolve"/> or <see cref="Clear"/> of a
    /// folder.
    /// </summary>
    /// <exception cref="TarException">Something on the way is no folder, or links go in circles.</exception>
    public Folder Resolve(ReadOnlySpan<string> steps)
    {
        var key = string.Join('/', steps!);
        if (last is not null && lastKey == key)
            return last;
        Forget();
        last = Walk(steps, create: true)!;
        lastKey = key;
        return last;
    }

    /// <summary>
    /// As <see cref="Resolve"/>, but makes nothing and answers null where the layer lacks the folder.
    /// </summary>
    /// <remarks>The caller disposes the answer unless it is the very one that <see cref="Resolve"/> gave.</remarks>
    public Folder? ResolveAside(ReadOnlySpan<string> steps) =>
        last is not null && lastKey == string.Join('/', steps!) ? last : Walk(steps, create: false);

    /// <summary>Folders' times, to be set when all is unpacked: filling folders changes them.</summary>
    public Dictionary<string, DateTimeOffset> Times { get; } = new(StringComparer.Ordinal);

    /// <summary>
    /// Gives the root the attributes it has below: an entry for it is rare, and overlayfs shows the topmost's.
    /// </summary>
    public void InheritRoot()
    {
        if (lower.Root is [var top, ..] && top.TryStat(".", out var status))
            Inherit(top, ".", status, root, ".");
    }

    /// <summary>Removes what this layer has at a name, so that something else can be made there.</summary>
    public void Clear(Folder parent, string name)
    {
        if (!parent.Handle.TryStat(name, out var own))
            return;
        if (own.Kind == FileKind.Directory)
            DirectoryTree.Delete($"{parent.Handle.ProcPath}/{name}");
        else
            parent.Handle.Remove(name);
        // The parent itself stays what it is; a cached folder below it, or through a link there, would not.
        if (last is not null && !ReferenceEquals(parent, last)
            && own.Kind is FileKind.Directory or FileKind.SymbolicLink)
            Forget();
    }

    public void MakeOpaque(Folder folder)
    {
        MarkOpaque(folder.Path.Length == 0 ? "." : folder.Path);
        Forget(); // What shows through it has changed.
    }

    public void MarkOpaque(string path) =>
        ExtendedAttributes.Set($"{root.ProcPath}/{path}", LayerLookup.OpaqueXattr, "y"u8);

    public void Dispose() => Forget();

    private void Forget()
    {
        last?.Dispose();
        last = null;
    }

    private Folder? Walk(ReadOnlySpan<string> steps, bool create)
    {
        var todo = new Stack<string>();
        Push(todo, steps);
        var path = new List<(string Name, ImmutableArray<DirectoryHandle> Lower)>();
        for (var links = 0; todo.TryPop(out var step);)
        {
            if (step == "..")
            {
                if (path.Count > 0)
                    path.RemoveAt(path.Count - 1);
                continue;
            }

            var showing = path.Count == 0 ? RootLower() : path[^1].Lower;
            var at = string.Join('/', path.Select(p => p.Name).Append(step));
            if (StepInto(at, showing, create, out var link) is { } below)
            {
                path.Add((step, below));
            }
            else if (link is null)
            {
                return null;
            }
            else
            {
                if (++links > MaxLinks)
                    throw new TarException($"\"{LayerPath.Shown(at)}\": symbolic links go in circles");
                if (link.StartsWith('/'))
                    path.Clear();
                Push(todo, link.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(s => s != ".").ToArray());
            }
        }

        var real = string.Join('/', path.Select(p => p.Name));
        var handle = root.OpenDirectoryIn(
            real.Length == 0 ? "." : real, ResolveFlags.BENEATH | ResolveFlags.NO_SYMLINKS);
        return new Folder(handle, real, path.Count == 0 ? RootLower() : path[^1].Lower);
    }

    private ImmutableArray<DirectoryHandle> RootLower() => LayerLookup.IsOpaque(root, ".") ? [] : lower.Root;

    /// <returns>
    /// The lower layers that show through the folder; null when it is a link, or absent and not to be made.
    /// </returns>
    private ImmutableArray<DirectoryHandle>? StepInto(
        string path, ImmutableArray<DirectoryHandle> showing, bool create, out string? link)
    {
        link = null;
        var below = LayerLookup.Step(showing, path);
        var exists = root.TryStat(path, out var own);
        var whiteout = exists && LayerLookup.IsWhiteout(own);
        if (exists && !whiteout)
        {
            if (own.Kind == FileKind.Directory)
                return below is { } b && !LayerLookup.IsOpaque(root, path) ? b.Merged : [];
            link = own.Kind == FileKind.SymbolicLink ? root.ReadLink(path) : throw NoFolder(path);
            return null;
        }

        if (!whiteout && below is { } found && found.Status.Kind != FileKind.Directory)
        {
            link = found.Status.Kind == FileKind.SymbolicLink ? found.Layer.ReadLink(path) : throw NoFolder(path);
            return null;
        }

        if (!create)
            return null;
        if (whiteout)
            root.Remove(path);
        root.MakeDirectory(path, 0x1ED);
        if (!whiteout && below is { } template)
        {
            Inherit(template.Layer, path, template.Status, root, path);
            return template.Merged;
        }

        root.ChangeMode(path, 0x1ED); // Whatever the umask is.
        if (whiteout)
            MarkOpaque(path);
        return [];
    }

    private static TarException NoFolder(string path) =>
        new($"\"{LayerPath.Shown(path)}\" is a file, but an entry would go into it");

    private void Inherit(
        DirectoryHandle from, string fromPath, FileStatus status, DirectoryHandle to, string path)
    {
        to.ChangeOwner(path, status.Uid, status.Gid);
        to.ChangeMode(path, status.Permissions);
        LayerXattrs.Copy($"{from.ProcPath}/{fromPath}", $"{to.ProcPath}/{path}");
        Times[path] =
            DateTimeOffset.FromUnixTimeSeconds(status.ModifySeconds).AddTicks(status.ModifyNanoseconds / 100);
    }

    private static void Push(Stack<string> todo, ReadOnlySpan<string> steps)
    {
        for (var i = steps.Length - 1; i >= 0; i--)
            todo.Push(steps[i]);
    }
}
