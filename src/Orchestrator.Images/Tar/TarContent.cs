using Microsoft.Win32.SafeHandles;
using Orchestrator.Images.Layers;

namespace Orchestrator.Images.Tar;

/// <summary>Puts what an archive has of a file into one: what is a hole there is one on disk.</summary>
internal static class TarContent
{
    /// <param name="file">Empty.</param>
    /// <param name="stored">The entry's extents after one another; <see cref="TarReader.Stored"/>.</param>
    /// <returns>The bytes that were written.</returns>
    /// <exception cref="TarException">The file system holds no file so large.</exception>
    public static async ValueTask<long> WriteAsync(
        SafeFileHandle file, TarEntry entry, Stream stored, byte[] buffer, CancellationToken cancellationToken)
    {
        long written = 0;
        foreach (var extent in entry.Extents ?? [new TarExtent(0, entry.Size)])
        {
            for (long done = 0; done < extent.Length;)
            {
                var wanted = buffer.AsMemory(0, (int)Math.Min(buffer.Length, extent.Length - done));
                var read = await stored.ReadAsync(wanted, cancellationToken);
                RandomAccess.Write(file, buffer.AsSpan(0, read), extent.Offset + done);
                done += read;
            }

            written += extent.Length;
        }

        if (entry.Extents is not null)
            SetLength(file, entry);
        return written;
    }

    private static void SetLength(SafeFileHandle file, TarEntry entry)
    {
        try
        {
            RandomAccess.SetLength(file, entry.Size);
        }
        catch (ArgumentOutOfRangeException error) // How .NET says EFBIG.
        {
            throw new TarException(
                $"cannot unpack \"{LayerPath.Shown(entry.Name)}\": its {entry.Size} bytes are too large a file", error);
        }
    }
}
