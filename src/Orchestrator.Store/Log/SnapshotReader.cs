using System.Security.Cryptography;
using Orchestrator.Raft;

namespace Orchestrator.Store.Log;

/// <summary>
/// Reads the content of a snapshot file, checking each chunk before a byte of it is handed out, and the whole at the
/// end.
/// </summary>
internal sealed class SnapshotReader : Stream
{
    private readonly Stream file;
    private readonly string name;
    private readonly uint salt;
    private readonly IncrementalHash digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private byte[] chunk = [];
    private int taken;
    private ulong chunks;
    private ulong total;
    private bool last;
    private readonly FileSealer? sealer;

    /// <exception cref="LogDamagedException">The header is not one.</exception>
    public SnapshotReader(Stream file, string name, DataKey? key)
    {
        (this.file, this.name) = (file, name);
        var start = Take(12);
        var length = new SpanReader(start.AsSpan(8)).U32();
        if (new SpanReader(start).U64() != SnapshotWriter.Magic || length > 16 * 1024 * 1024)
            throw Damaged("its header cannot be read");
        var rest = Take((int)length + 8);
        byte[] summed = [.. start, .. rest[..^4]];
        if (new SpanReader(rest.AsSpan((int)length + 4)).U32() != Crc32C.Of(summed))
            throw Damaged("its header cannot be read");
        salt = new SpanReader(rest.AsSpan((int)length)).U32();
        var reader = new SpanReader(rest);
        Meta = FrameCodec.DecodeReset(ref reader);
        var keyId = reader.U32();
        if (keyId == 0)
            return;
        if (keyId != key?.Id)
            throw Damaged($"it is encrypted under key {keyId:x8}, which is not this member's");
        sealer = key.For(new UInt128(reader.U64(), reader.U64()));
    }

    public SnapshotMeta Meta { get; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        if (buffer.Length == 0)
            return 0;
        while (taken == chunk.Length)
        {
            if (last)
                return 0;
            NextChunk();
        }

        var part = Math.Min(buffer.Length, chunk.Length - taken);
        chunk.AsSpan(taken, part).CopyTo(buffer);
        taken += part;
        return part;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            file.Dispose();
            digest.Dispose();
            sealer?.Dispose();
        }

        base.Dispose(disposing);
    }

    private void NextChunk()
    {
        var head = Take(4);
        var word = new SpanReader(head).U32();
        var length = word & ~SnapshotWriter.LastFlag;
        if (length > SnapshotWriter.ChunkBytes)
            throw Damaged($"chunk {chunks} cannot be read");
        var rest = Take((int)length + SnapshotWriter.TagBytes + 4);
        var sum = Crc32C.Of((byte[])[.. head, .. rest[..^4]], salt + (uint)chunks);
        if (new SpanReader(rest.AsSpan(rest.Length - 4)).U32() != sum)
            throw Damaged($"chunk {chunks} cannot be read");
        digest.AppendData(rest.AsSpan(0, (int)length));
        (chunk, taken, last) = (Open(rest.AsSpan(..^4), head), 0, (word & SnapshotWriter.LastFlag) != 0);
        total += length;
        chunks++;
        if (last)
            CheckFooter();
    }

    private byte[] Open(ReadOnlySpan<byte> stored, ReadOnlySpan<byte> head)
    {
        try
        {
            return sealer is null ? stored[..^SnapshotWriter.TagBytes].ToArray() : sealer.Open(chunks, stored, head);
        }
        catch (CryptographicException e)
        {
            throw Damaged($"chunk {chunks} cannot be decrypted: {e.Message}");
        }
    }

    private void CheckFooter()
    {
        var footer = Take(52);
        var reader = new SpanReader(footer);
        var (bytes, count) = (reader.U64(), reader.U64());
        var whole = reader.Take(32).SequenceEqual(digest.GetHashAndReset()) && bytes == total && count == chunks;
        if (!whole || reader.U32() != Crc32C.Of(footer.AsSpan(0, 48), salt))
            throw Damaged("its end does not agree with its content");
    }

    private byte[] Take(int count)
    {
        var bytes = new byte[count];
        if (file.ReadAtLeast(bytes, count, throwOnEndOfStream: false) < count)
            throw Damaged("it ends too early");
        return bytes;
    }

    private LogDamagedException Damaged(string what) => new(name, what);
}
