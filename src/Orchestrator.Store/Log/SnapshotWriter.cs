using System.Security.Cryptography;
using Orchestrator.Raft;

namespace Orchestrator.Store.Log;

/// <summary>
/// Writes a snapshot file; disposing writes its end. What is not disposed is recognised as unfinished.
/// </summary>
/// <remarks>
/// <code>
/// header: magic 8, length 4, [index, term, membership, key id 4 (0: not encrypted), key salt 16], salt 4, CRC 4
/// chunk:  length 4 (top bit: the last), bytes up to 256 KiB, tag 16 (zeros: not encrypted), CRC 4
/// footer: content bytes 8, chunks 8, SHA-256 of the chunks' bytes as they stand in the file 32, CRC 4
/// </code>
/// A chunk's sum is seeded with salt and number, so that chunks cannot change places.
/// </remarks>
internal sealed class SnapshotWriter : Stream
{
    public const int ChunkBytes = 256 * 1024;
    public const uint LastFlag = 0x8000_0000;
    public const int TagBytes = FileSealer.TagBytes;
    public const ulong Magic = 0x31504e534352484f; // "OHRCSNP1"
    private readonly IDurableFile file;
    private readonly byte[] chunk = new byte[ChunkBytes];
    private readonly IncrementalHash digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly SpanWriter buffer = new();
    private readonly uint salt = BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(4));
    private int filled;
    private long offset;
    private ulong chunks;
    private ulong total;
    private readonly FileSealer? sealer;
    private bool ended;

    public SnapshotWriter(IDurableFile file, SnapshotMeta meta, DataKey? key)
    {
        this.file = file;
        var keySalt = DataKey.NewSalt();
        sealer = key?.For(keySalt);
        var head = new SpanWriter();
        FrameCodec.EncodeMeta(head, meta);
        head.U32(sealer?.KeyId ?? 0);
        if (sealer is not null)
        {
            head.U64((ulong)(keySalt >> 64));
            head.U64((ulong)keySalt);
        }

        buffer.U64(Magic);
        buffer.U32((uint)head.Length);
        buffer.Bytes(head.Written);
        buffer.U32(salt);
        buffer.U32(Crc32C.Of(buffer.Written));
        Put();
    }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => (long)total;
        set => throw new NotSupportedException();
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        total += (ulong)buffer.Length;
        while (buffer.Length > 0)
        {
            if (filled == ChunkBytes)
                PutChunk(last: false);
            var part = Math.Min(buffer.Length, ChunkBytes - filled);
            buffer[..part].CopyTo(chunk.AsSpan(filled));
            filled += part;
            buffer = buffer[part..];
        }
    }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing && !ended)
        {
            ended = true;
            PutChunk(last: true);
            buffer.U64(total);
            buffer.U64(chunks);
            buffer.Bytes(digest.GetHashAndReset());
            buffer.U32(Crc32C.Of(buffer.Written, salt));
            Put();
            digest.Dispose();
            sealer?.Dispose();
        }

        base.Dispose(disposing);
    }

    private void PutChunk(bool last)
    {
        buffer.U32((uint)filled | (last ? LastFlag : 0));
        ReadOnlySpan<byte> stored = sealer is null
            ? [.. chunk.AsSpan(0, filled), .. new byte[TagBytes]] : sealer.Seal(chunks, chunk.AsSpan(0, filled), buffer.Written);
        buffer.Bytes(stored);
        digest.AppendData(stored[..filled]);
        buffer.U32(Crc32C.Of(buffer.Written, salt + (uint)chunks));
        Put();
        filled = 0;
        chunks++;
    }

    private void Put()
    {
        file.Write(offset, buffer.Written);
        offset += buffer.Length;
        buffer.Clear();
    }
}
