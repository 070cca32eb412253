using System.IO.Compression;
using System.Text;
using Orchestrator.Images.Tar;

namespace Orchestrator.Images.Tests;

/// <summary>Makes tars for tests, sane ones and evil ones.</summary>
internal sealed class TarBuilder
{
    private readonly MemoryStream bytes = new();
    private readonly TarWriter writer;

    public TarBuilder() => writer = new TarWriter(bytes);

    public TarBuilder Add(TarEntry entry, string content = "")
    {
        writer.WriteAsync(entry, Encoding.UTF8.GetBytes(content), default).AsTask().GetAwaiter().GetResult();
        return this;
    }

    public TarBuilder File(string name, string content, uint mode = 0x1A4) =>
        Add(new TarEntry { Name = name, Kind = TarKind.File, Mode = mode }, content);

    public TarBuilder Folder(string name, uint mode = 0x1ED) =>
        Add(new TarEntry { Name = name, Kind = TarKind.Directory, Mode = mode });

    public TarBuilder Symlink(string name, string target) =>
        Add(new TarEntry { Name = name, Kind = TarKind.SymbolicLink, LinkName = target });

    public TarBuilder HardLink(string name, string target) =>
        Add(new TarEntry { Name = name, Kind = TarKind.HardLink, LinkName = target });

    public byte[] Build()
    {
        writer.FinishAsync(default).AsTask().GetAwaiter().GetResult();
        return bytes.ToArray();
    }

    public static byte[] Gzip(byte[] plain)
    {
        using var target = new MemoryStream();
        using (var gzip = new GZipStream(target, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(plain);
        return target.ToArray();
    }
}
