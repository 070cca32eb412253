using System.Formats.Tar;
using System.IO.Compression;

namespace Orchestrator.Cli.Contexts;

/// <summary>A context as one file, for another machine: a tar, or on the way in a zip, of docker's layout.</summary>
internal static class ContextArchive
{
    private const string Meta = "meta.json";
    private const string TlsPrefix = "tls/docker/";
    private const int MaxBytes = 10 << 20;
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Folder = Owner | UnixFileMode.UserExecute;
    private const UnixFileMode ForAll = Owner | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    public static void Write(ContextEntry context, Stream output)
    {
        using var tar = new TarWriter(output, TarEntryFormat.Ustar, leaveOpen: true);
        File(tar, Meta, ContextStore.ToJson(context), ForAll);
        tar.WriteEntry(Entry(TarEntryType.Directory, "tls", Folder));
        if (context.Tls.IsEmpty) return;
        tar.WriteEntry(Entry(TarEntryType.Directory, "tls/docker", Folder));
        foreach (var (name, content) in context.Tls.Present) File(tar, TlsPrefix + name, content, Owner);
    }

    /// <param name="source">For errors: what is read.</param>
    /// <exception cref="CliException">It is neither tar nor zip, or holds no context.</exception>
    public static ContextEntry Read(Stream input, string name, string source)
    {
        var bytes = ReadAll(input, source);
        byte[]? meta = null;
        var tls = TlsFiles.None;
        try
        {
            foreach (var (path, content) in bytes.AsSpan().StartsWith("PK"u8) ? Zip(bytes) : Tar(bytes))
            {
                if (path == Meta) meta = content;
                else if (path.StartsWith(TlsPrefix, StringComparison.Ordinal))
                    tls = tls.With(path[TlsPrefix.Length..], content);
            }
        }
        catch (Exception e) when (e is InvalidDataException or FormatException or EndOfStreamException)
        {
            throw new CliException($"{source} is no archive of a context: {e.Message}", e);
        }
        return meta is null
            ? throw new CliException($"{source} is no archive of a context: it has no {Meta}")
            : ContextStore.Parse(meta, tls, source) with { Name = name };
    }

    private static byte[] ReadAll(Stream input, string source)
    {
        using var whole = new MemoryStream();
        var buffer = new byte[64 * 1024];
        for (int count; (count = input.Read(buffer)) > 0;)
        {
            whole.Write(buffer, 0, count);
            if (whole.Length > MaxBytes)
                throw new CliException($"{source} is larger than {MaxBytes >> 20} MiB: no context is");
        }
        return whole.ToArray();
    }

    private static IEnumerable<(string Path, byte[] Content)> Tar(byte[] bytes)
    {
        using var tar = new TarReader(new MemoryStream(bytes));
        while (tar.GetNextEntry() is { } entry)
        {
            if (entry.DataStream is null) continue;
            using var content = new MemoryStream();
            entry.DataStream.CopyTo(content);
            yield return (entry.Name, content.ToArray());
        }
    }

    private static IEnumerable<(string Path, byte[] Content)> Zip(byte[] bytes)
    {
        using var zip = new ZipArchive(new MemoryStream(bytes));
        foreach (var entry in zip.Entries.Where(static e => !e.FullName.EndsWith('/')))
        {
            using var file = entry.Open();
            using var content = new MemoryStream();
            content.Write(ReadAll(file, entry.FullName));
            yield return (entry.FullName, content.ToArray());
        }
    }

    private static void File(TarWriter tar, string name, byte[] content, UnixFileMode mode)
    {
        var entry = Entry(TarEntryType.RegularFile, name, mode);
        entry.DataStream = new MemoryStream(content);
        tar.WriteEntry(entry);
    }

    private static UstarTarEntry Entry(TarEntryType type, string name, UnixFileMode mode) => new(type, name)
    {
        Mode = mode, ModificationTime = DateTimeOffset.UnixEpoch,
    };
}
