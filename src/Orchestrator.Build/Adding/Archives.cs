using Orchestrator.Build.Copying;
using Orchestrator.Images;
using Orchestrator.Images.Layers;
using Orchestrator.Images.Tar;
using Orchestrator.Images.Trees;
using Orchestrator.Linux;
using Orchestrator.Linux.Files;

namespace Orchestrator.Build.Adding;

/// <summary>Local archives, which ADD unpacks: tar, plain or compressed with gzip, bzip2, xz or zstd.</summary>
internal static class Archives
{
    /// <summary>Told by what it holds, whatever it is called.</summary>
    public static async Task<bool> IsArchiveAsync(CopyItem item, CancellationToken cancellationToken)
    {
        try
        {
            await using var file = RegularFile.TryOpen(item.Tree, item.Path);
            if (file is not { Length: > 0 })
                return false;
            await using var plain = await LayerCompression.DecompressAsync(file, cancellationToken);
            return await new TarReader(plain).NextAsync(cancellationToken) is not null;
        }
        catch (Exception e) when (e is TarException or InvalidDataException or ImageException or IOException
            or LinuxException)
        {
            return false;
        }
    }

    /// <param name="folder">In <paramref name="root"/>, without links on the way.</param>
    /// <param name="owner">Of all that is in it; null: as the archive has it.</param>
    /// <exception cref="BuildException">The archive is damaged, or an entry cannot be made.</exception>
    public static async Task UnpackAsync(CopyItem item, DirectoryHandle root, string folder,
        (uint Uid, uint Gid)? owner, CancellationToken cancellationToken)
    {
        try
        {
            await using var file = RegularFile.TryOpen(item.Tree, item.Path)
                ?? throw new BuildException($"{item.Name} is no file");
            await using var plain = await LayerCompression.DecompressAsync(file, cancellationToken);
            await new TreeExtractor(root, folder) { Owner = owner }
                .ExtractAsync(new TarReader(plain), cancellationToken);
        }
        catch (Exception e) when (e is TarException or InvalidDataException or ImageException or NotSupportedException)
        {
            throw new BuildException($"{item.Name}: {e.Message}", inner: e);
        }
    }
}
