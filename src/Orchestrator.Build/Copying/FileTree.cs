using System.Collections.Immutable;
using Orchestrator.Images.Layers;
using Orchestrator.Linux.Files;
using Orchestrator.Linux.Mounts;

namespace Orchestrator.Build.Copying;

/// <summary>A root folder to copy from or to, opened: the context, or layers as a container would see them.</summary>
/// <remarks>Layers are mounted where nobody else sees it, and only for as long as this is open: a crash leaves nothing.
/// </remarks>
internal sealed class FileTree : IDisposable
{
    private FileTree(DirectoryHandle root) => Root = root;

    public DirectoryHandle Root { get; }

    public static FileTree OfFolder(string path) => new(DirectoryHandle.Open(path));

    /// <summary>For reading.</summary>
    /// <param name="folders">Of the layers, top first; at least one.</param>
    public static FileTree OfLayers(ImmutableArray<string> folders)
    {
        // The lowest layer hides nothing, so it alone is what it looks like.
        if (folders.Length == 1)
            return OfFolder(folders[0]);
        return Mount(folders[0], $"lowerdir={string.Join(':', folders)}", MountFlags.ReadOnly);
    }

    /// <summary>For writing; what is written is in the snapshot's upper folder.</summary>
    public static FileTree OfSnapshot(Snapshot snapshot) =>
        Mount(Path.GetDirectoryName(snapshot.UpperDir)!, snapshot.MountOptions(), MountFlags.None);

    public void Dispose() => Root.Dispose();

    /// <param name="place">Any folder; nobody but us sees that something lies over it.</param>
    private static FileTree Mount(string place, string options, MountFlags flags) => PrivateMounts.Run(0, 0, () =>
    {
        MountCalls.Mount("overlay", place, "overlay", flags, options);
        return new FileTree(DirectoryHandle.Open(place));
    });
}
