using System.Text;

namespace Orchestrator.Images.Tar;

/// <summary>
/// Reads a tar forward, entry by entry. Hostile input ends in a <see cref="TarException"/>, never in much memory.
/// </summary>
/// <remarks>Own, because the framework's decodes attribute values as text and so breaks file capabilities.</remarks>
public sealed class TarReader
{
    /// <summary>No name is longer in Linux; no sane set of attributes is larger.</summary>
    private const int MaxName = 64 * 1024;
    private const int MaxPax = 1024 * 1024;

    private readonly Stream source;
    private readonly byte[] buffer = new byte[64 * 1024];
    private readonly PaxRecords globals = new();
    private readonly PaxRecords locals = new();
    private int start;
    private int end;
    private long remaining;
    private int padding;
    private TarEntry? current;
    private long position;
    private int extent;
    private string? longName;
    private string? longLink;

    /// <param name="source">The plain tar; read and not disposed.</param>
    public TarReader(Stream source)
    {
        this.source = source;
        Content = new TarContentStream(ReadContentAsync);
        Stored = new TarContentStream(ReadStoredAsync);
    }

    /// <summary>The content of the entry that <see cref="NextAsync"/> returned last; ends with it.</summary>
    public Stream Content { get; }

    /// <summary>Only what the archive has of it: of a sparse file, its extents after one another.</summary>
    /// <remarks>For each entry one of the two is read.</remarks>
    public Stream Stored { get; }

    /// <summary>
    /// The next entry; what is left of the last one's content is skipped. Null at the end of the archive.
    /// </summary>
    /// <exception cref="TarException">Not a tar, cut off, or beyond any sane limit.</exception>
    public async ValueTask<TarEntry?> NextAsync(CancellationToken cancellationToken)
    {
        await SkipAsync(remaining, cancellationToken); // Not their sum, which may be more than a long holds.
        await SkipAsync(padding, cancellationToken);
        (remaining, padding) = (0, 0);
        (longName, longLink) = (null, null);
        locals.Clear();
        var first = true;
        while (await HeaderAsync(first, cancellationToken) is { } raw)
        {
            first = false;
            if (await ExtensionAsync(raw, cancellationToken))
                continue;
            var entry = ToEntry(raw);
            remaining = entry.Size;
            padding = PaddingOf(entry.Size);
            (current, position, extent) = (await WithExtentsAsync(entry, raw, cancellationToken), 0, 0);
            return current;
        }

        return null;
    }

    /// <summary>Reads whatever follows the archive's end, so that a digest over the stream covers all of it.</summary>
    public async ValueTask DrainAsync(CancellationToken cancellationToken)
    {
        do
            start = end;
        while (await FillAsync(cancellationToken));
    }

    /// <summary>Times outside of what .NET can say are clamped: hostile, or the year 10000.</summary>
    internal static DateTimeOffset ToTime(decimal seconds) =>
        DateTimeOffset.UnixEpoch.AddTicks(
            (long)(decimal.Clamp(seconds, -62135596800m, 253402300799m) * TimeSpan.TicksPerSecond));

    /// <summary>Holes are zeros.</summary>
    private async ValueTask<int> ReadContentAsync(Memory<byte> into, CancellationToken cancellationToken)
    {
        if (current?.Extents is not { } extents)
            return await ReadStoredAsync(into, cancellationToken);
        while (extent < extents.Count && extents[extent].Offset + extents[extent].Length <= position)
            extent++;
        var next = extent < extents.Count ? extents[extent] : new TarExtent(current.Size, 0);
        var isHole = position < next.Offset;
        var count = (int)Math.Min(into.Length, (isHole ? next.Offset : next.Offset + next.Length) - position);
        if (isHole)
            into.Span[..count].Clear();
        else
            count = await ReadStoredAsync(into[..count], cancellationToken);
        position += count;
        return count;
    }

    private async ValueTask<int> ReadStoredAsync(Memory<byte> into, CancellationToken cancellationToken)
    {
        if (remaining == 0 || into.Length == 0)
            return 0;
        int read;
        if (start == end && into.Length >= buffer.Length)
        {
            // Large reads bypass the buffer.
            read = await source.ReadAsync(into[..(int)Math.Min(into.Length, remaining)], cancellationToken);
        }
        else
        {
            if (start == end)
                await FillAsync(cancellationToken);
            read = (int)Math.Min(Math.Min(end - start, into.Length), remaining);
            buffer.AsMemory(start, read).CopyTo(into);
            start += read;
        }

        remaining -= read;
        return read > 0 ? read : throw CutOff();
    }

    private static int PaddingOf(long size) => (int)(-size & (TarHeader.Size - 1));

    private static TarException CutOff() => new("the archive is cut off");

    private async ValueTask<byte[]?> HeaderAsync(bool mayEnd, CancellationToken cancellationToken)
    {
        // Writers end with two zero blocks; many readers, docker's among them, are content with one, or with the end.
        if (start == end && !await FillAsync(cancellationToken))
            return mayEnd ? null : throw CutOff();
        var block = new byte[TarHeader.Size];
        await ReadExactlyAsync(block, cancellationToken);
        var header = new TarHeader(block);
        if (header.IsZero)
            return mayEnd ? null : throw CutOff();
        return header.ChecksumHolds() ? block
            : throw new TarException("the archive is damaged: a header's checksum is wrong");
    }

    /// <returns>True: the header was about the next one and has been noted.</returns>
    private async ValueTask<bool> ExtensionAsync(byte[] raw, CancellationToken cancellationToken)
    {
        var (flag, size) = (new TarHeader(raw).TypeFlag, new TarHeader(raw).Length);
        if (flag is not ('x' or 'X' or 'g' or 'L' or 'K'))
            return false;

        var limit = flag is 'L' or 'K' ? MaxName : MaxPax;
        if (size < 0 || size > limit)
            throw new TarException($"an extended header announces {size} bytes, {limit} are allowed");
        var bytes = new byte[size];
        await ReadExactlyAsync(bytes, cancellationToken);
        await SkipAsync(PaddingOf(size), cancellationToken);
        switch (flag)
        {
            case 'L':
                longName = TarHeader.Decode(bytes.AsSpan().TrimEnd((byte)0));
                break;
            case 'K':
                longLink = TarHeader.Decode(bytes.AsSpan().TrimEnd((byte)0));
                break;
            default:
                (flag == 'g' ? globals : locals).Add(bytes);
                break;
        }

        return true;
    }

    /// <summary>Puts the extents to an entry that has any; what says so is read and no more of the content.</summary>
    private async ValueTask<TarEntry> WithExtentsAsync(
        TarEntry entry, byte[] raw, CancellationToken cancellationToken)
    {
        if (entry.Kind != TarKind.File)
            return entry;
        if (new TarHeader(raw).TypeFlag == 'S')
        {
            var size = new TarHeader(raw).RealSize;
            var old = await OldMapAsync(raw, cancellationToken);
            return entry with { Size = size, Extents = SparseMap.Checked(old, size, remaining) };
        }

        if (locals.Sparse() is not var (name, real, map))
            return entry;
        map ??= await MapBeforeContentAsync(cancellationToken);
        return entry with
        {
            Name = name ?? entry.Name, Size = real, Extents = SparseMap.Checked(map, real, remaining),
        };
    }

    private async ValueTask<List<TarExtent>> OldMapAsync(byte[] raw, CancellationToken cancellationToken)
    {
        var extents = new List<TarExtent>();
        SparseMap.AddOctal(extents, new TarHeader(raw).Map, 4);
        var block = new byte[TarHeader.Size];
        for (var goesOn = new TarHeader(raw).MapGoesOn; goesOn; goesOn = block[504] != 0)
        {
            await ReadExactlyAsync(block, cancellationToken);
            SparseMap.AddOctal(extents, block, 21);
        }

        return extents;
    }

    private async ValueTask<List<TarExtent>> MapBeforeContentAsync(CancellationToken cancellationToken)
    {
        using var map = new MemoryStream();
        var block = new byte[TarHeader.Size];
        for (long lines = 0, wanted = 1; lines < wanted;)
        {
            if (remaining < block.Length || map.Length > MaxPax)
                throw SparseMap.Malformed();
            await ReadExactlyAsync(block, cancellationToken);
            remaining -= block.Length;
            if (map.Length == 0)
                wanted = 1 + (2 * SparseMap.Count(Encoding.ASCII.GetString(block).Split('\n')[0]));
            lines += block.AsSpan().Count((byte)'\n');
            map.Write(block);
        }

        return SparseMap.ReadLines(Encoding.ASCII.GetString(map.ToArray()));
    }

    private TarEntry ToEntry(byte[] raw)
    {
        var header = new TarHeader(raw);
        var name = longName ?? header.Name;
        var kind = KindOf(header.TypeFlag, name);
        var isDevice = kind is TarKind.CharacterDevice or TarKind.BlockDevice;
        var entry = new TarEntry
        {
            Name = name,
            Kind = kind,
            Mode = (uint)(header.Mode & 0xFFF),
            Uid = ToId(header.Uid),
            Gid = ToId(header.Gid),
            Size = header.Length,
            Modified = ToTime(header.Modified),
            LinkName = longLink ?? header.LinkName,
            DeviceMajor = isDevice ? ToId(header.DeviceMajor) : 0,
            DeviceMinor = isDevice ? ToId(header.DeviceMinor) : 0,
        };
        entry = locals.ApplyTo(globals.ApplyTo(entry));
        if (entry.Size < 0)
            throw new TarException($"\"{entry.Name}\" announces a negative size");
        if (entry.Name.Contains('\0', StringComparison.Ordinal)
            || entry.LinkName.Contains('\0', StringComparison.Ordinal))
            throw new TarException("a name has a zero byte");
        // Old writers announce the size of a link's target without storing it.
        return kind == TarKind.File ? entry : entry with { Size = 0 };
    }

    private static uint ToId(long id) =>
        id is >= 0 and <= uint.MaxValue ? (uint)id : throw new TarException($"a header has the id {id}");

    private static TarKind KindOf(char flag, string name) => flag switch
    {
        '\0' or '0' or '7' or 'S' => name.EndsWith('/') ? TarKind.Directory : TarKind.File, // v7 knew folders by the slash.
        '1' => TarKind.HardLink,
        '2' => TarKind.SymbolicLink,
        '3' => TarKind.CharacterDevice,
        '4' => TarKind.BlockDevice,
        '5' => TarKind.Directory,
        '6' => TarKind.Fifo,
        _ => throw new TarException($"\"{name}\" is of the unknown kind '{(char.IsControl(flag) ? '?' : flag)}'"),
    };

    private async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        start = 0;
        end = await source.ReadAsync(buffer, cancellationToken);
        return end > 0;
    }

    private async ValueTask ReadExactlyAsync(Memory<byte> into, CancellationToken cancellationToken)
    {
        while (into.Length > 0)
        {
            if (start == end && !await FillAsync(cancellationToken))
                throw CutOff();
            var count = Math.Min(end - start, into.Length);
            buffer.AsMemory(start, count).CopyTo(into);
            start += count;
            into = into[count..];
        }
    }

    private async ValueTask SkipAsync(long count, CancellationToken cancellationToken)
    {
        while (count > 0)
        {
            if (start == end && !await FillAsync(cancellationToken))
                throw CutOff();
            var step = (int)Math.Min(end - start, count);
            start += step;
            count -= step;
        }
    }
}
