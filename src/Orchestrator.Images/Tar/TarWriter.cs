using System.Globalization;
using System.Text;

namespace Orchestrator.Images.Tar;

/// <summary>
/// Writes a tar forward: ustar, with PAX headers only where ustar cannot say it. Same entries, same bytes.
/// </summary>
public sealed class TarWriter(Stream target)
{
    private static readonly byte[] Zeros = new byte[2 * TarHeader.Size];

    /// <param name="content">Exactly <c>entry.Size</c> bytes are taken of it; null when that is zero.</param>
    /// <exception cref="EndOfStreamException">The content ended early; the archive is then worthless.</exception>
    public async ValueTask WriteAsync(TarEntry entry, Stream? content, CancellationToken cancellationToken)
    {
        var pax = Pax(entry);
        if (pax.Length > 0)
        {
            await target.WriteAsync(
                Header(new TarEntry { Name = "PaxHeaders/entry", Kind = TarKind.File, Mode = 0x1a4, Size = pax.Length },
                'x'), cancellationToken);
            await target.WriteAsync(pax, cancellationToken);
            await PadAsync(pax.Length, cancellationToken);
        }

        await target.WriteAsync(Header(entry, Flag(entry.Kind)), cancellationToken);
        if (entry.Size > 0)
            await CopyAsync(content!, entry.Size, cancellationToken);
        await PadAsync(entry.Size, cancellationToken);
    }

    /// <summary>An entry without content.</summary>
    public ValueTask WriteAsync(TarEntry entry, CancellationToken cancellationToken) =>
        WriteAsync(entry, default(Stream), cancellationToken);

    public ValueTask WriteAsync(TarEntry entry, byte[] content, CancellationToken cancellationToken) =>
        WriteAsync(entry with { Size = content.Length }, new MemoryStream(content, writable: false), cancellationToken);

    /// <summary>Writes the two zero blocks that end an archive.</summary>
    public ValueTask FinishAsync(CancellationToken cancellationToken) => target.WriteAsync(Zeros, cancellationToken);

    private async ValueTask CopyAsync(Stream content, long size, CancellationToken cancellationToken)
    {
        var buffer = new byte[(int)Math.Min(size, 128 * 1024)];
        for (var left = size; left > 0;)
        {
            var read = await content.ReadAsync(
                buffer.AsMemory(0, (int)Math.Min(left, buffer.Length)), cancellationToken);
            if (read == 0)
                throw new EndOfStreamException($"the content ended {left} bytes early");
            await target.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            left -= read;
        }
    }

    private ValueTask PadAsync(long size, CancellationToken cancellationToken) =>
        target.WriteAsync(Zeros.AsMemory(0, (int)(-size & (TarHeader.Size - 1))), cancellationToken);

    private static char Flag(TarKind kind) => kind switch
    {
        TarKind.HardLink => '1',
        TarKind.SymbolicLink => '2',
        TarKind.CharacterDevice => '3',
        TarKind.BlockDevice => '4',
        TarKind.Directory => '5',
        TarKind.Fifo => '6',
        _ => '0',
    };

    private static byte[] Pax(TarEntry entry)
    {
        using var records = new MemoryStream();
        void Add(string key, ReadOnlySpan<byte> value)
        {
            // The length counts its own digits, so it is found by trying.
            var rest = Encoding.UTF8.GetByteCount(key) + value.Length + 3;
            var length = rest + 1;
            while (rest + Digits(length) != length)
                length++;
            records.Write(Encoding.UTF8.GetBytes($"{length} {key}="));
            records.Write(value);
            records.WriteByte((byte)'\n');
        }

        void AddText(string key, string value) => Add(key, Encoding.UTF8.GetBytes(value));
        if (!Fits(entry.Name))
            AddText("path", entry.Name);
        if (!Fits(entry.LinkName))
            AddText("linkpath", entry.LinkName);
        if (entry.Size >= 1L << 33)
            AddText("size", entry.Size.ToString(CultureInfo.InvariantCulture));
        if (entry.Uid >= 1 << 21)
            AddText("uid", entry.Uid.ToString(CultureInfo.InvariantCulture));
        if (entry.Gid >= 1 << 21)
            AddText("gid", entry.Gid.ToString(CultureInfo.InvariantCulture));
        if (NeedsPax(entry.Modified))
            AddText(
                "mtime", ((entry.Modified - DateTimeOffset.UnixEpoch).Ticks / (decimal)TimeSpan.TicksPerSecond)
                .ToString(CultureInfo.InvariantCulture));
        foreach (var (name, value) in entry.Xattrs.OrderBy(x => x.Key, StringComparer.Ordinal))
            Add(TarEntry.XattrPrefix + name, value);
        return records.ToArray();
    }

    private static int Digits(int number) => number.ToString(CultureInfo.InvariantCulture).Length;

    private static bool Fits(string name) => name.Length <= 100 && Ascii.IsValid(name);

    private static bool NeedsPax(DateTimeOffset time) =>
        time < DateTimeOffset.UnixEpoch || time.ToUnixTimeSeconds() >= 1L << 33
            || time.Ticks % TimeSpan.TicksPerSecond != 0;

    private static byte[] Header(TarEntry entry, char flag)
    {
        var block = new byte[TarHeader.Size];
        void Text(int offset, int length, string text)
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            bytes.AsSpan(0, Math.Min(bytes.Length, length)).CopyTo(block.AsSpan(offset, length));
        }

        // What does not fit stands in the PAX header before; readers of plain ustar get zero.
        void Octal(int offset, int length, long value) => Text(offset, length,
            Convert.ToString(value >= 0 && value < 1L << (3 * (length - 1)) ? value : 0, 8).PadLeft(length - 1, '0'));

        Text(0, 100, entry.Name);
        Octal(100, 8, entry.Mode);
        Octal(108, 8, entry.Uid);
        Octal(116, 8, entry.Gid);
        Octal(124, 12, entry.Size);
        Octal(136, 12, entry.Modified.ToUnixTimeSeconds());
        block[156] = (byte)flag;
        Text(157, 100, entry.LinkName);
        Text(257, 8, "ustar\0" + "00");
        if (flag is '3' or '4')
        {
            Octal(329, 8, entry.DeviceMajor);
            Octal(337, 8, entry.DeviceMinor);
        }

        block.AsSpan(148, 8).Fill((byte)' ');
        Octal(148, 7, block.Sum(b => (long)b));
        block[154] = 0;
        return block;
    }
}
