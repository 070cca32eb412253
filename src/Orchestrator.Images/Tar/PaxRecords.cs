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
            records[TarHeader.Decode(record[..equals])] = record[(equals + 1)..].ToArray();
            bytes = bytes[length..];
        }
    }

    public void Clear() => records.Clear();

    /// <summary>Puts what these say in the place of what the header said.</summary>
    public TarEntry ApplyTo(TarEntry entry)
    {
        if (records.Count == 0)
            return entry;
        if (records.Keys.Any(k => k.StartsWith("GNU.sparse.", StringComparison.Ordinal)))
            throw TarReader.Sparse(entry.Name);
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
