using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Orchestrator.Store.Log;

/// <summary>Seals the parts of one file, AES-256-GCM; the number of a part is its nonce.</summary>
internal sealed class FileSealer(uint keyId, byte[] key) : IDisposable
{
    public const int TagBytes = 16;
    private readonly AesGcm cipher = new(key, TagBytes);

    public uint KeyId { get; } = keyId;

    /// <param name="number">Of the part; no two of a file have the same.</param>
    /// <param name="bound">In the clear beside it, and not to be changed either.</param>
    /// <returns>Ciphertext, as long as the text, and the tag.</returns>
    public byte[] Seal(ulong number, ReadOnlySpan<byte> text, ReadOnlySpan<byte> bound)
    {
        var result = new byte[text.Length + TagBytes];
        cipher.Encrypt(Nonce(number), text, result.AsSpan(0, text.Length), result.AsSpan(text.Length), bound);
        return result;
    }

    /// <exception cref="CryptographicException">It was not sealed so.</exception>
    public byte[] Open(ulong number, ReadOnlySpan<byte> sealedPart, ReadOnlySpan<byte> bound)
    {
        var text = new byte[sealedPart.Length - TagBytes];
        cipher.Decrypt(Nonce(number), sealedPart[..text.Length], sealedPart[text.Length..], text, bound);
        return text;
    }

    public void Dispose() => cipher.Dispose();

    private static byte[] Nonce(ulong number)
    {
        var nonce = new byte[12];
        BinaryPrimitives.WriteUInt64LittleEndian(nonce, number);
        return nonce;
    }
}
