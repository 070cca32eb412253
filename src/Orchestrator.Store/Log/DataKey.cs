using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Orchestrator.Store.Log;

/// <summary>What one member's log and snapshots are encrypted under on its disk; no other member has it.</summary>
/// <remarks>
/// Nothing is encrypted under the key itself: each file has one of its own, derived with a random number that stands in
/// the file. So a counter may begin anew in each.
/// </remarks>
public sealed class DataKey
{
    public const int Bytes = 32;
    private readonly byte[] key;

    /// <param name="key">Random; copied.</param>
    public DataKey(ReadOnlySpan<byte> key)
    {
        if (key.Length != Bytes)
            throw new ArgumentException($"a key has {Bytes} bytes, not {key.Length}", nameof(key));
        this.key = key.ToArray();
        // Tells keys apart, and nothing of the key. 0 stands for none.
        Id = BinaryPrimitives.ReadUInt32LittleEndian(HMACSHA256.HashData(key, "orch key id"u8)) | 1;
    }

    /// <summary>What files name the key by; never 0.</summary>
    public uint Id { get; }

    public static DataKey New() => new(RandomNumberGenerator.GetBytes(Bytes));

    public byte[] Export() => [.. key];

    /// <param name="salt">Of the file.</param>
    internal FileSealer For(UInt128 salt)
    {
        Span<byte> info = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128LittleEndian(info, salt);
        return new(Id, HKDF.DeriveKey(HashAlgorithmName.SHA256, key, Bytes, info: info.ToArray()));
    }

    internal static UInt128 NewSalt() => BinaryPrimitives.ReadUInt128LittleEndian(RandomNumberGenerator.GetBytes(16));
}
