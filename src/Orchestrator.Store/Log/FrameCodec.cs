using System.Security.Cryptography;
using Orchestrator.Raft;

namespace Orchestrator.Store.Log;

/// <summary>Frames as bytes.</summary>
/// <remarks>
/// <code>
/// header, 64 bytes, little-endian                       body
/// 0 magic          24 first index    52 type, 3 zeros    term 8, vote 8, reset? 1 [index 8, term 8, length 4,
/// membership]
///  4 body length    32 last index     56 previous CRC     entry count 4, each: term 8, kind 1, length 4, bytes
///  8 seq            40 commit hint    60 header CRC       tag, 16 (zeros: not encrypted), body CRC 4, zeros up to 8
/// 16 durable seq    48 key id, or 0                       encrypted: zeros before the tag instead
/// </code>
/// Both sums are seeded with the segment's salt, so that bytes of another segment never pass for this one's. The frames
/// are linked by the sum of the previous header. Encrypted is all of the body before the tag, and bound to the header.
/// </remarks>
internal static class FrameCodec
{
    public const int HeaderBytes = 64;
    public const int MaxBodyBytes = 32 * 1024 * 1024;
    private const uint Magic = 0x4d52464f; // "OFRM"
    private const int TagBytes = FileSealer.TagBytes;
    private const int SumBytes = 4;

    /// <summary>Appends the frame's bytes; returns the sum that the next one links to.</summary>
    /// <param name="sealer">Of the segment; null: not encrypted.</param>
    public static uint Encode(SpanWriter to, Frame frame, uint salt, uint previousCrc, FileSealer? sealer)
    {
        var body = new SpanWriter();
        EncodeBody(body, frame);
        if (sealer is not null)
            body.Zeros(-(body.Length + TagBytes + SumBytes) & 7);

        var last = frame.Entries.Count == 0 ? 0 : frame.Entries[^1].Index;
        var first = frame.Entries.Count == 0 ? 0 : frame.Entries[0].Index;
        var length = (body.Length + TagBytes + SumBytes + 7) & ~7;
        var start = to.Length;
        var crc = EncodeHeader(to, salt, new(
            FrameType.Data, length, frame.Seq, frame.DurableSeq, first, last, frame.CommitHint, previousCrc,
            sealer?.KeyId ?? 0));
        to.Bytes(Finish(body, salt, sealer, frame.Seq, to.Written[start..]));
        return crc;
    }

    private static ReadOnlySpan<byte> Finish(
        SpanWriter body, uint salt, FileSealer? sealer, ulong number, ReadOnlySpan<byte> header)
    {
        if (sealer is null)
        {
            body.Zeros(TagBytes);
        }
        else
        {
            var text = sealer.Seal(number, body.Written, header);
            body.Clear();
            body.Bytes(text);
        }

        body.U32(Crc32C.Of(body.Written, salt));
        body.Zeros(-body.Length & 7);
        return body.Written;
    }

    public static uint EncodeHeader(SpanWriter to, uint salt, FrameHeader header)
    {
        var start = to.Length;
        to.U32(Magic);
        to.U32((uint)header.BodyLength);
        to.U64(header.Seq);
        to.U64(header.DurableSeq);
        to.U64(header.FirstIndex);
        to.U64(header.LastIndex);
        to.U64(header.CommitHint);
        to.U32(header.KeyId);
        to.U32((uint)header.Type);
        to.U32(header.PreviousCrc);
        var crc = Crc32C.Of(to.Written[start..], salt);
        to.U32(crc);
        return crc;
    }

    /// <summary>Null: these bytes are no header of this segment.</summary>
    public static FrameHeader? DecodeHeader(ReadOnlySpan<byte> bytes, uint salt, out uint crc)
    {
        crc = 0;
        if (bytes.Length < HeaderBytes)
            return null;
        var reader = new SpanReader(bytes);
        if (reader.U32() != Magic)
            return null;
        var length = (int)reader.U32();
        var (seq, durable, first, last, hint) = (reader.U64(), reader.U64(), reader.U64(), reader.U64(), reader.U64());
        var key = reader.U32();
        var type = (FrameType)reader.U32();
        var previous = reader.U32();
        crc = reader.U32();
        return crc == Crc32C.Of(bytes[..(HeaderBytes - 4)], salt) && length is >= 0 and <= MaxBodyBytes
            ? new(type, length, seq, durable, first, last, hint, previous, key)
            : null;
    }

    /// <summary>Null: the body is not what was written.</summary>
    /// <param name="bytes">The frame, from its header on.</param>
    /// <param name="sealer">Of the segment, if this process has the key.</param>
    /// <exception cref="CryptographicException">It is what was written, and encrypted under another key.</exception>
    public static Frame? DecodeBody(FrameHeader header, ReadOnlySpan<byte> bytes, uint salt, FileSealer? sealer)
    {
        if (bytes.Length < HeaderBytes + header.BodyLength)
            return null;
        var body = bytes.Slice(HeaderBytes, header.BodyLength);
        return header.KeyId == 0 ? Decode(header, body, salt) : DecodeSealed(header, bytes[..HeaderBytes], body, salt, sealer);
    }

    private static Frame? Decode(FrameHeader header, ReadOnlySpan<byte> body, uint salt)
    {
        var reader = new SpanReader(body);
        try
        {
            var frame = DecodeText(header, ref reader);
            _ = reader.Take(TagBytes);
            var summed = body[..^reader.Left];
            return reader.U32() == Crc32C.Of(summed, salt) ? frame : null;
        }
        catch (Exception e) when (e is ArgumentOutOfRangeException or FormatException)
        {
            return null;
        }
    }

    private static Frame? DecodeSealed(
        FrameHeader header, ReadOnlySpan<byte> bound, ReadOnlySpan<byte> body, uint salt, FileSealer? sealer)
    {
        if (body.Length < TagBytes + SumBytes || new SpanReader(body[^SumBytes..]).U32() != Crc32C.Of(body[..^SumBytes], salt))
            return null; // Told before the key is asked for: a write that was cut off is no matter of keys.
        if (sealer?.KeyId != header.KeyId)
            throw new CryptographicException($"it is encrypted under key {header.KeyId:x8}, which is not this member's");
        var reader = new SpanReader(sealer.Open(header.Seq, body[..^SumBytes], bound));
        return DecodeText(header, ref reader);
    }

    private static Frame DecodeText(FrameHeader header, ref SpanReader reader)
    {
        var hardState = new HardState(reader.U64(), reader.U64());
        var reset = reader.U8() == 0 ? null : DecodeReset(ref reader);
        var entries = DecodeEntries(header, ref reader);
        return new Frame(header.Seq, header.DurableSeq, hardState, header.CommitHint, reset, entries);
    }

    private static void EncodeBody(SpanWriter body, Frame frame)
    {
        body.U64(frame.HardState.Term);
        body.U64(frame.HardState.Vote);
        body.U8(frame.Reset is null ? (byte)0 : (byte)1);
        if (frame.Reset is { } reset)
            EncodeMeta(body, reset);
        body.U32((uint)frame.Entries.Count);
        foreach (var entry in frame.Entries)
        {
            body.U64(entry.Term);
            body.U8((byte)entry.Kind);
            body.U32((uint)entry.Data.Length);
            body.Bytes(entry.Data.Span);
        }
    }

    /// <summary>Index, term and membership of a raft snapshot.</summary>
    public static void EncodeMeta(SpanWriter to, SnapshotMeta meta)
    {
        var membership = meta.Membership.Encode();
        to.U64(meta.Index);
        to.U64(meta.Term);
        to.U32((uint)membership.Length);
        to.Bytes(membership);
    }

    public static SnapshotMeta DecodeReset(ref SpanReader reader)
    {
        var (index, term) = (reader.U64(), reader.U64());
        return new(index, term, Membership.Decode(reader.Take((int)reader.U32())));
    }

    private static Entry[] DecodeEntries(FrameHeader header, ref SpanReader reader)
    {
        // The count is believed only as far as there are bytes for it.
        var entries = new Entry[Math.Min(reader.U32(), (uint)reader.Left / 13)];
        for (var i = 0; i < entries.Length; i++)
        {
            var (term, kind) = (reader.U64(), (EntryKind)reader.U8());
            entries[i] = new Entry(term, header.FirstIndex + (ulong)i, kind, reader.Take((int)reader.U32()).ToArray());
        }

        return entries;
    }
}
