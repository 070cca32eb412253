using System.Globalization;

namespace Orchestrator.Images.Tar;

/// <summary>Where the stored parts of a sparse file lie, in each of the four ways there are to say it.</summary>
/// <remarks>Source: GNU tar manual, "Storing Sparse Files": old GNU, and PAX 0.0, 0.1 and 1.0.</remarks>
internal static class SparseMap
{
    public const string Prefix = "GNU.sparse.";

    /// <summary>What file systems can hold at most in one file, more or less: a larger one is a lie.</summary>
    private const long MaxSize = 1L << 44;

    private const int MaxExtents = 1 << 20;
    private const int ExtentBytes = 24;

    /// <summary>Reads pairs of octal offset and length out of a header or one of the blocks after it.</summary>
    public static void AddOctal(List<TarExtent> extents, ReadOnlySpan<byte> block, int count)
    {
        for (var i = 0; i < count && block[i * ExtentBytes] != 0; i++)
        {
            var pair = block.Slice(i * ExtentBytes, ExtentBytes);
            if (!TarHeader.TryNumber(pair[..12], out var offset) || !TarHeader.TryNumber(pair[12..], out var length))
                throw Malformed();
            Add(extents, offset, length);
        }
    }

    /// <summary>Reads <c>OFFSET,LENGTH,OFFSET,LENGTH…</c> of PAX 0.1.</summary>
    public static List<TarExtent> ReadList(string text)
    {
        var (extents, numbers) = (new List<TarExtent>(), text.Split(','));
        if (numbers.Length % 2 != 0)
            throw Malformed();
        for (var i = 0; i < numbers.Length; i += 2)
            Add(extents, Number(numbers[i]), Number(numbers[i + 1]));
        return extents;
    }

    /// <summary>Reads the lines before the content in PAX 1.0: how many, then each offset and each length.</summary>
    public static List<TarExtent> ReadLines(string text)
    {
        var (extents, lines) = (new List<TarExtent>(), text.Split('\n'));
        var count = Count(lines[0]);
        if (count > (lines.Length - 1) / 2)
            throw Malformed();
        for (var i = 0; i < count; i++)
            Add(extents, Number(lines[1 + (2 * i)]), Number(lines[2 + (2 * i)]));
        return extents;
    }

    /// <summary>Refuses what is not in order, or not within the file, or not as long as what is stored.</summary>
    public static List<TarExtent> Checked(List<TarExtent> extents, long size, long stored)
    {
        if (size is < 0 or > MaxSize) // First: of no other size can sums and differences overflow.
            throw Malformed();
        long end = 0, sum = 0;
        foreach (var extent in extents)
        {
            if (extent.Offset < end || extent.Length > size - extent.Offset)
                throw Malformed();
            end = extent.Offset + extent.Length;
            sum += extent.Length;
        }

        return sum == stored ? extents : throw Malformed();
    }

    public static long Number(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number : throw Malformed();

    /// <summary>How many extents a map announces.</summary>
    public static long Count(string text) => Number(text) is <= MaxExtents and var count ? count : throw Malformed();

    public static TarException Malformed() => new("a sparse file's map is malformed");

    private static void Add(List<TarExtent> extents, long offset, long length)
    {
        if (offset is < 0 or > MaxSize || length is < 0 or > MaxSize || extents.Count == MaxExtents)
            throw Malformed();
        if (length > 0) // The last one of length zero only says where the file ends.
            extents.Add(new TarExtent(offset, length));
    }
}
