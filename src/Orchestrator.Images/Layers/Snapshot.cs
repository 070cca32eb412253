using System.Collections.Immutable;

namespace Orchestrator.Images.Layers;

/// <summary>What a container's overlay is mounted from.</summary>
/// <param name="Key">The name it was prepared under: the container's id.</param>
/// <param name="LowerDirs">Absolute folders, <b>top layer first</b> as overlayfs wants them; at least one.</param>
/// <param name="UpperDir">Takes what the container changes.</param>
/// <param name="WorkDir">Overlayfs's own; on the same file system as <paramref name="UpperDir"/>.</param>
/// <remarks>
/// The names are kept so short that <c>lowerdir=…,upperdir=…,workdir=…</c> of 127 layers stays below the 4096 bytes a
/// mount may have as long as the data root is the default; <see cref="MountOptions"/> says so when it does not.
/// </remarks>
public sealed record Snapshot(string Key, ImmutableArray<string> LowerDirs, string UpperDir, string WorkDir)
{
    private const int PageSize = 4096;

    /// <summary>The option string for <c>mount -t overlay</c>.</summary>
    /// <exception cref="ImageException">
    /// The string would not fit into a page: too many layers for so long a data root.
    /// </exception>
    public string MountOptions()
    {
        var options = $"lowerdir={string.Join(':', LowerDirs)},upperdir={UpperDir},workdir={WorkDir}";
        return options.Length < PageSize ? options : throw new ImageException(ImageError.Invalid,
            $"the mount options of {LowerDirs.Length} layers take {options.Length} bytes, {PageSize - 1} at most: " +
            "use a shorter data root, or squash the image with \"orch export\" and \"orch import\"");
    }
}
