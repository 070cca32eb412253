using System.Buffers.Binary;
using System.Text;

namespace Orchestrator.Images.Tar;

/// <summary>The 512 bytes before each entry, in every dialect: v7, ustar, GNU, PAX.</summary>
/// <remarks>Source: pax(1) of POSIX.1-2017, "ustar Interchange Format"; GNU tar manual, "Basic Tar Format".</remarks>
internal readonly ref struct TarHeader(ReadOnlySpan<byte> block)
{
    public const int Size = 512;

    private static readonly UTF8Encoding StrictUtf8 = new(
        encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly ReadOnlySpan<byte> block = block;

    public char TypeFlag => (char)block[156];

    public bool IsZero => !block.ContainsAnyExcept((byte)0);

    /// <summary>Some old writers summed the bytes as signed; both sums are taken.</summary>
    public bool ChecksumHolds()
    {
        long unsigned = 0, signed = 0;
        for (var i = 0; i < Size; i++)
        {
            var value = i is >= 148 and < 156 ? (byte)' ' : block[i];
            unsigned += value;
            signed += (sbyte)value;
        }

        return TryNumber(148, 8, out var stored) && (stored == unsigned || stored == signed);
    }

    public string Name
    {
        get
        {
            var name = Text(0, 100);
            // Only POSIX's ustar has the prefix there; GNU keeps times in its place.
            var prefix = block[257..263].SequenceEqual("ustar\0"u8) ? Text(345, 155) : "";
            return prefix.Length == 0 ? name : $"{prefix}/{name}";
        }
    }

    public string LinkName => Text(157, 100);

    public long Mode => Number(100, 8, "mode");

    public long Uid => Number(108, 8, "uid");

    public long Gid => Number(116, 8, "gid");

    public long Length => Number(124, 12, "size");

    public long Modified => Number(136, 12, "time");

    public long DeviceMajor => Number(329, 8, "device number");

    public long DeviceMinor => Number(337, 8, "device number");

    /// <summary>Of old GNU's sparse files: their size with holes, and whether more of the map follows.</summary>
    public long RealSize => Number(483, 12, "size");

    public bool MapGoesOn => block[482] != 0;

    public ReadOnlySpan<byte> Map => block.Slice(386, 96);

    public static string Decode(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException error)
        {
            throw new TarException($"the name \"{Encoding.Latin1.GetString(bytes)}\" is not UTF-8", error);
        }
    }

    private string Text(int offset, int length)
    {
        var field = block.Slice(offset, length);
        var end = field.IndexOf((byte)0);
        return Decode(end < 0 ? field : field[..end]);
    }

    private long Number(int offset, int length, string what) =>
        TryNumber(offset, length, out var value) ? value : throw new TarException($"a header has a malformed {what}");

    /// <summary>
    /// Octal digits, or, with the top bit set, a big-endian number in two's complement (GNU's base 256).
    /// </summary>
    private bool TryNumber(int offset, int length, out long value) => TryNumber(block.Slice(offset, length), out value);

    /// <inheritdoc cref="TryNumber(int, int, out long)"/>
    public static bool TryNumber(ReadOnlySpan<byte> field, out long value) =>
        (field[0] & 0x80) != 0 ? TryBinary(field, out value) : TryOctal(field, out value);

    private static bool TryBinary(ReadOnlySpan<byte> field, out long value)
    {
        Span<byte> bytes = stackalloc byte[16];
        var negative = (field[0] & 0x40) != 0;
        bytes.Fill(negative ? (byte)0xff : (byte)0);
        field.CopyTo(bytes[(16 - field.Length)..]);
        bytes[16 - field.Length] = (byte)(negative ? field[0] : field[0] & 0x7f);
        var wide = BinaryPrimitives.ReadInt128BigEndian(bytes);
        value = (long)wide;
        return wide == value;
    }

    private static bool TryOctal(ReadOnlySpan<byte> field, out long value)
    {
        value = 0;
        foreach (var b in field.Trim(" \0"u8))
        {
            if (b is < (byte)'0' or > (byte)'7')
                return false;
            value = (value << 3) | (uint)(b - '0'); // At most twelve digits: no overflow.
        }

        return true;
    }
}
