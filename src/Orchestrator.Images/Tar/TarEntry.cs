using System.Collections.Frozen;

namespace Orchestrator.Images.Tar;

/// <summary>The head of one entry of a tar; its content follows in the reader.</summary>
public sealed record TarEntry
{
    public const string XattrPrefix = "SCHILY.xattr.";

    /// <summary>As written in the archive: nothing about it is to be trusted.</summary>
    public required string Name { get; init; }

    public required TarKind Kind { get; init; }

    /// <summary>The twelve permission bits.</summary>
    public uint Mode { get; init; }

    public uint Uid { get; init; }

    public uint Gid { get; init; }

    /// <summary>Bytes of content, holes counted; zero for all but files.</summary>
    public long Size { get; init; }

    /// <summary>The parts of a sparse file that are not holes, in order; null: the file has no holes.</summary>
    public IReadOnlyList<TarExtent>? Extents { get; init; }

    public DateTimeOffset Modified { get; init; } = DateTimeOffset.UnixEpoch;

    /// <summary>What a symbolic link holds, or the entry that a hard link is another name of.</summary>
    public string LinkName { get; init; } = "";

    public uint DeviceMajor { get; init; }

    public uint DeviceMinor { get; init; }

    /// <summary>Extended attributes by their kernel name; values are any bytes.</summary>
    public IReadOnlyDictionary<string, byte[]> Xattrs { get; init; } = FrozenDictionary<string, byte[]>.Empty;
}
