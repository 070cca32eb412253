using System.Collections.Immutable;
using Orchestrator.Linux.Files;

namespace Orchestrator.Images.Layers;

/// <summary>Answers what a path is in the union of some layers, as overlayfs would, without mounting them.</summary>
/// <remarks>Source: Documentation/filesystems/overlayfs.rst, "whiteouts and opaque directories".</remarks>
internal sealed class LayerLookup : IDisposable
{
    public const string OpaqueXattr = "trusted.overlay.opaque";

    private readonly ImmutableArray<DirectoryHandle> layers;

    /// <param name="folders">Of the layers, top first.</param>
    public LayerLookup(IEnumerable<string> folders) => layers = [.. folders.Select(DirectoryHandle.Open)];

    /// <summary>What the union holds at a path.</summary>
    /// <param name="Layer">The topmost layer that has it, by number; its attributes count.</param>
    /// <param name="Merged">For a folder, all layers that add to it, top first.</param>
    internal readonly record struct Found(
        DirectoryHandle Layer, FileStatus Status, ImmutableArray<DirectoryHandle> Merged);

    /// <summary>The layers that add to the root.</summary>
    public ImmutableArray<DirectoryHandle> Root => layers;

    /// <summary>Looks one step down from a folder.</summary>
    /// <param name="folderLayers">The layers that add to the folder, top first.</param>
    /// <param name="path">Folder and name from the root, through folders only.</param>
    public static Found? Step(ImmutableArray<DirectoryHandle> folderLayers, string path)
    {
        Found? top = null;
        var merged = ImmutableArray.CreateBuilder<DirectoryHandle>();
        foreach (var layer in folderLayers)
        {
            if (!layer.TryStat(path, out var status))
                continue;
            if (IsWhiteout(status) || (status.Kind != FileKind.Directory && top is not null))
                break;
            top ??= new Found(layer, status, []);
            if (status.Kind != FileKind.Directory)
                break;
            merged.Add(layer);
            if (IsOpaque(layer, path))
                break;
        }

        return top is { } found ? found with { Merged = merged.ToImmutable() } : null;
    }

    /// <summary>Overlayfs marks what a layer takes away by a character device 0:0 of that name.</summary>
    public static bool IsWhiteout(FileStatus status) =>
        status is { Kind: FileKind.CharacterDevice, SpecialDevice: 0 };

    public static bool IsOpaque(DirectoryHandle layer, string path) =>
        ExtendedAttributes.Get($"{layer.ProcPath}/{path}", OpaqueXattr) is [(byte)'y', ..];

    public void Dispose()
    {
        foreach (var layer in layers)
            layer.Dispose();
    }
}
