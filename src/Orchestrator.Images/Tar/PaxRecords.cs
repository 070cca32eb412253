using System.Buffers.Text;
using System.Globalization;

namespace Orchestrator.Images.Tar;

/// <summary>What PAX extended headers say about the next entry, or a global one about all that follow.</summary>
/// <remarks>
/// Source: pax(1) of POSIX.1-2017, "pax Extended Header". Values are bytes: an attribute's need not be text.
/// </remarks>
internal sealed class PaxRecords
{
    private readonly Dictionary<string, byte[]> records = new(StringComparer.Ordinal);

    /// <summary>Reads <c>LENGTH KEY=VALUE\n</c> after one another; an empty value takes back an earlier one.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0 && bytes[0] != 0)
        {
            if (!Utf8Parser.TryParse(bytes, out int length, out var digits)
                || length <= digits + 2 || length > bytes.Length || bytes[digits] != ' ' || bytes[length - 1] != '\n')
                throw new TarException("a PAX header is malformed");

            var record = bytes[(digits + 1)..(length - 1)];
            var equals = record.IndexOf((byte)'=');
            if (equals <= 0)
                throw new TarException("a PAX header has a record without a key");
            Put(TarHeader.Decode(record[..equals]), record[(equals + 1)..]);
            bytes = bytes[length..];
        }
    }

    public void Clear() => records.Clear();

    /// <summary>Puts what these say in the place of what the header said.</summary>
    public TarEntry ApplyTo(TarEntry entry)
    {
        if (records.Count == 0)
            return entry;
        return entry with
        {
            Name = Text("path") ?? entry.Name,
            LinkName = Text("linkpath") ?? entry.LinkName,
            Size = Number("size") ?? entry.Size,
            Uid = (uint?)Number("uid") ?? entry.Uid,
            Gid = (uint?)Number("gid") ?? entry.Gid,
            Modified = Time("mtime") ?? entry.Modified,
            Xattrs = Xattrs() ?? entry.Xattrs,
        };
    }

    /// <summary>The map of a sparse file and what goes with it, where these describe one.</summary>
    /// <param name="Size">Of the file, holes counted.</param>
    /// <param name="Extents">Null: the map lies before the content.</param>
    public (string? Name, long Size, List<TarExtent>? Extents)? Sparse()
    {
        if (Text(SparseMap.Prefix + "major") is { } major)
        {
            return major == "1" && Text(SparseMap.Prefix + "minor") == "0"
                ? (Text(SparseMap.Prefix + "name"), SparseMap.Number(Text(SparseMap.Prefix + "realsize") ?? ""), null)
                : throw SparseMap.Malformed();
        }

        return Text(SparseMap.Prefix + "map") is { } map
            ? (Text(SparseMap.Prefix + "name"), SparseMap.Number(Text(SparseMap.Prefix + "size") ?? ""),
                SparseMap.ReadList(map))
            : null;
    }

    /// <summary>The oldest form says offset and length of each part with the same two keys: a list comes of them.</summary>
    private void Put(string key, ReadOnlySpan<byte> value)
    {
        const string list = SparseMap.Prefix + "map";
        if (key is not (SparseMap.Prefix + "offset" or SparseMap.Prefix + "numbytes"))
            records[key] = value.ToArray();
        else
            records[list] = records.TryGetValue(list, out var before) ? [.. before, (byte)',', .. value] : value.ToArray();
    }

    private string? Text(string key)
    {
        if (!records.TryGetValue(key, out var value) || value.Length == 0)
            return null;
        return value.Contains((byte)0) ? throw new TarException($"a PAX header has a {key} with a zero byte")
            : TarHeader.Decode(value);
    }

    private long? Number(string key)
    {
        if (Text(key) is not { } text)
            return null;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && (key == "size" || number <= uint.MaxValue)
                ? number : throw new TarException($"a PAX header has a malformed {key}");
    }

    private DateTimeOffset? Time(string key)
    {
        if (Text(key) is not { } text)
            return null;
        return decimal.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign,
                CultureInfo.InvariantCulture, out var seconds)
            ? TarReader.ToTime(seconds) : throw new TarException($"a PAX header has a malformed {key}");
    }

    private Dictionary<string, byte[]>? Xattrs()
    {
        var found = records.Where(r => r.Key.StartsWith(TarEntry.XattrPrefix, StringComparison.Ordinal))
            .ToDictionary(r => r.Key[TarEntry.XattrPrefix.Length..], r => r.Value, StringComparer.Ordinal);
        return found.Count == 0 ? null : found;
    }
}
