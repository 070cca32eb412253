using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Orchestrator.Build.Cache;

/// <summary>Collects all that decides the outcome of a step, and makes one name of it. Order counts.</summary>
public sealed class CacheKey : IDisposable
{
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <param name="kind">Of step, with the version of its rules: another version finds nothing of this one.</param>
    public CacheKey(string kind) => Add(kind);

    /// <summary>One part; its length goes along, so that no two lists of parts look alike.</summary>
    public CacheKey Add(string? part)
    {
        var bytes = Encoding.UTF8.GetBytes(part ?? "");
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, part is null ? -1 : bytes.Length);
        hash.AppendData(length);
        hash.AppendData(bytes);
        return this;
    }

    public CacheKey AddAll(IEnumerable<string> parts)
    {
        var all = parts.ToList();
        Add(all.Count.ToString(System.Globalization.CultureInfo.InvariantCulture));
        foreach (var part in all)
            Add(part);
        return this;
    }

    /// <returns>64 hex digits.</returns>
    public override string ToString() => Convert.ToHexStringLower(hash.GetCurrentHash());

    public void Dispose() => hash.Dispose();
}
