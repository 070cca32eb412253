using System.Formats.Tar;
using Orchestrator.Build.Syntax.Patterns;
using Orchestrator.Linux;
using Orchestrator.Linux.Files;

namespace Orchestrator.Cli.Commands.Builds;

/// <summary>Writes a build's context: in the order of names, everything root's.</summary>
internal sealed class ContextTar(Stream output) : IDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly TarWriter _tar = new(output, TarEntryFormat.Pax, leaveOpen: true);
    private readonly Dictionary<(ulong Device, ulong Inode), string> _links = [];

    public void AddFile(string name, byte[] content) => _tar.WriteEntry(
        new PaxTarEntry(TarEntryType.RegularFile, name) { Mode = Private, DataStream = new MemoryStream(content) });

    /// <exception cref="CliException">Something in it may not be read.</exception>
    public void AddFolder(string folder, IgnoreFile ignored) => AddBelow(folder, "", ignored);

    public void Dispose() => _tar.Dispose();

    private void AddBelow(string folder, string prefix, IgnoreFile ignored)
    {
        try
        {
            using var handle = DirectoryHandle.Open(folder);
            var names = Directory.EnumerateFileSystemEntries(folder).Select(static path => Path.GetFileName(path));
            foreach (var name in names.Order(StringComparer.Ordinal).ToArray())
                if (handle.TryStat(name, out var status)) Add(Path.Combine(folder, name), prefix + name, status, ignored);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or LinuxException { Errno: Errno.EACCES })
        {
            throw new CliException($"error checking context: no permission to read from '{folder}'", e);
        }
    }

    private void Add(string path, string name, FileStatus status, IgnoreFile ignored)
    {
        var isFolder = status.Kind == FileKind.Directory;
        if (!ignored.Excludes(name)) Write(path, name, status);
        else if (!isFolder || ignored.ExcludesAllBelow(name)) return;
        if (isFolder) AddBelow(path, name + "/", ignored);
    }

    private void Write(string path, string name, FileStatus status)
    {
        if (status.Kind == FileKind.Socket) return; // As docker: nobody listens on a copy.
        if (status.Kind != FileKind.Directory && status.Links > 1
            && !_links.TryAdd((status.Device, status.Inode), name))
        {
            _tar.WriteEntry(Dressed(
                new PaxTarEntry(TarEntryType.HardLink, name) { LinkName = _links[(status.Device, status.Inode)] }, status));
            return;
        }
        using var content = status.Kind == FileKind.Regular ? Open(path) : null;
        var entry = Dressed(Entry(path, name, status), status);
        if (content is not null) entry.DataStream = content;
        _tar.WriteEntry(entry);
    }

    private static PaxTarEntry Entry(string path, string name, FileStatus status) => status.Kind switch
    {
        FileKind.Directory => new PaxTarEntry(TarEntryType.Directory, name + "/"),
        FileKind.SymbolicLink => new PaxTarEntry(TarEntryType.SymbolicLink, name)
        {
            LinkName = new FileInfo(path).LinkTarget!,
        },
        FileKind.Fifo => new PaxTarEntry(TarEntryType.Fifo, name),
        FileKind.CharacterDevice => Device(TarEntryType.CharacterDevice, name, status),
        FileKind.BlockDevice => Device(TarEntryType.BlockDevice, name, status),
        _ => new PaxTarEntry(TarEntryType.RegularFile, name),
    };

    private static PaxTarEntry Device(TarEntryType type, string name, FileStatus status) =>
        new(type, name) { DeviceMajor = (int)status.Major, DeviceMinor = (int)status.Minor };

    private static PaxTarEntry Dressed(PaxTarEntry entry, FileStatus status)
    {
        entry.Mode = (UnixFileMode)status.Permissions;
        entry.ModificationTime = DateTimeOffset.FromUnixTimeSeconds(status.ModifySeconds)
            .AddTicks(status.ModifyNanoseconds / TimeSpan.NanosecondsPerTick);
        return entry;
    }

    private static FileStream Open(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new CliException($"error checking context: no permission to read from '{path}'", e);
        }
    }
}
