using System.Formats.Tar;
using Orchestrator.Linux;
using Orchestrator.Linux.Files;

namespace Orchestrator.Cli.Commands.Containers;

/// <summary>This host's files, into a tar and out of one.</summary>
internal static class LocalTree
{
    private const UnixFileMode NewFolder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    /// <param name="archived">The name in the archive; empty: only what is in the folder.</param>
    public static void Pack(string path, string archived, Stream output)
    {
        using var tar = new TarWriter(output, TarEntryFormat.Pax, leaveOpen: true);
        Pack(tar, new FileInfo(path), archived);
    }

    /// <summary>Unpacks into a folder: no entry gets out of it, whatever its name or the links before it.</summary>
    /// <param name="rename">The name an entry gets; null leaves it out.</param>
    public static void Unpack(Stream archive, string folder, Func<string, string?> rename)
    {
        using var root = DirectoryHandle.Open(folder);
        using var tar = new TarReader(archive);
        while (tar.GetNextEntry() is { } entry)
        {
            if (rename(entry.Name.Trim('/')) is not { } name) continue;
            var linked = entry.EntryType == TarEntryType.HardLink ? rename(entry.LinkName.Trim('/')) : null;
            try
            {
                Unpack(root, entry, name, linked);
            }
            catch (LinuxException e)
            {
                throw new CliException($"cannot write {Path.Combine(folder, name)}: {e.Message}", e);
            }
        }
    }

    /// <param name="archived">The entry's name in the archive; empty: only what is in the folder.</param>
    public static void Pack(TarWriter tar, FileSystemInfo entry, string archived)
    {
        var isFolder = entry.Attributes.HasFlag(FileAttributes.Directory) && entry.LinkTarget is null;
        if (archived.Length > 0) tar.WriteEntry(entry.FullName, isFolder ? archived + "/" : archived);
        if (!isFolder) return;
        var below = new DirectoryInfo(entry.FullName).EnumerateFileSystemInfos();
        foreach (var child in below.OrderBy(static c => c.Name, StringComparer.Ordinal))
            Pack(tar, child, archived.Length == 0 ? child.Name : $"{archived}/{child.Name}");
    }

    private static void Unpack(DirectoryHandle root, TarEntry entry, string name, string? linked)
    {
        var steps = Steps(name);
        if (steps.Length == 0) return;
        using var parent = Folder(root, steps[..^1]);
        var last = steps[^1];
        if (parent.TryStat(last, out var there) && there.Kind != FileKind.Directory) parent.Remove(last);
        switch (entry.EntryType)
        {
            case TarEntryType.Directory:
                if (!parent.TryStat(last, out _)) parent.MakeDirectory(last, (uint)NewFolder);
                parent.ChangeMode(last, (uint)entry.Mode);
                return;
            case TarEntryType.SymbolicLink:
                parent.MakeSymbolicLink(entry.LinkName, last);
                return;
            case TarEntryType.HardLink when Steps(linked ?? "") is { Length: > 0 } target:
                using (var folder = Folder(root, target[..^1])) parent.MakeHardLink(folder, target[^1], last);
                return;
            case TarEntryType.RegularFile or TarEntryType.V7RegularFile:
                Write(parent, last, entry);
                return;
            default:
                return; // Devices and pipes of a container are none of this host's.
        }
    }

    private static void Write(DirectoryHandle parent, string name, TarEntry entry)
    {
        const OpenFlags create = OpenFlags.O_WRONLY | OpenFlags.O_CREAT | OpenFlags.O_EXCL | OpenFlags.O_NOFOLLOW;
        using (var file = new FileStream(parent.OpenIn(name, create, 0x180), FileAccess.Write))
            entry.DataStream?.CopyTo(file);
        parent.ChangeMode(name, (uint)entry.Mode & 0x1FF); // No set-id: the file is now another user's.
        parent.SetTimes(name, entry.ModificationTime);
    }

    private static DirectoryHandle Folder(DirectoryHandle root, string[] steps)
    {
        var current = root.OpenDirectoryIn(".");
        for (var i = 0; i < steps.Length; i++)
        {
            using var above = current;
            if (!above.TryStat(steps[i], out _)) above.MakeDirectory(steps[i], (uint)NewFolder);
            current = root.OpenDirectoryIn(string.Join('/', steps[..(i + 1)]));
        }

        return current;
    }

    private static string[] Steps(string name)
    {
        string[] steps = [.. name.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(static s => s != ".")];
        return steps.Contains("..")
            ? throw new CliException($"the archive has an entry \"{name}\" that leads out of it")
            : steps;
    }
}
