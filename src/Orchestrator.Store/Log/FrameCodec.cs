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
/// 16 durable seq    48 key id (0)
/// </code>
/// Both sums are seeded with the segment's salt, so that bytes of another segment never pass for this one's. The frames
/// are linked by the sum of the previous header. Key id and tag are kept for encryption at rest.
/// </remarks>
internal static class FrameCodec
{
    public const int HeaderBytes = 64;
    public const int MaxBodyBytes = 32 * 1024 * 1024;
    private const uint Magic = 0x4d52464f; // "OFRM"
    private const int TagBytes = 16;

    /// <summary>Appends the frame's bytes; returns the sum that the next one links to.</summary>
    public static uint Encode(SpanWriter to, Frame frame, uint salt, uint previousCrc)
    {
        var body = new SpanWriter();
        EncodeBody(body, frame);
        body.Zeros(TagBytes);
        body.U32(Crc32C.Of(body.Written, salt));
        body.Zeros(-body.Length & 7);

        var last = frame.Entries.Count == 0 ? 0 : frame.Entries[^1].Index;
        var first = frame.Entries.Count == 0 ? 0 : frame.Entries[0].Index;
        var crc = EncodeHeader(to, salt, new(
            FrameType.Data, body.Length, frame.Seq, frame.DurableSeq, first, last, frame.CommitHint, previousCrc));
        to.Bytes(body.Written);
        return crc;
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
        to.U32(0);
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
        _ = reader.U32();
        var type = (FrameType)reader.U32();
        var previous = reader.U32();
        crc = reader.U32();
        return crc == Crc32C.Of(bytes[..(HeaderBytes - 4)], salt) && length is >= 0 and <= MaxBodyBytes
            ? new(type, length, seq, durable, first, last, hint, previous)
            : null;
    }

    /// <summary>Null: the body is not what was written.</summary>
    public static Frame? DecodeBody(FrameHeader header, ReadOnlySpan<byte> bytes, uint salt)
    {
        if (bytes.Length < header.BodyLength)
            return null;
        var reader = new SpanReader(bytes[..header.BodyLength]);
        try
        {
            var hardState = new HardState(reader.U64(), reader.U64());
            var reset = reader.U8() == 0 ? null : DecodeReset(ref reader);
            var entries = DecodeEntries(header, ref reader);
            _ = reader.Take(TagBytes);
            var summed = bytes[..(header.BodyLength - reader.Left)];
            return reader.U32() == Crc32C.Of(summed, salt)
                ? new Frame(header.Seq, header.DurableSeq, hardState, header.CommitHint, reset, entries)
                : null;
        }
        catch (Exception e) when (e is ArgumentOutOfRangeException or FormatException)
        {
            return null;
        }
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
