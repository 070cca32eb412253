using System.Text;
using Orchestrator.Raft;

namespace Orchestrator.Store.Log;

/// <summary>
/// The first page of a segment: whose log it is, and all that older segments would tell about what came before.
/// </summary>
/// <param name="ClusterId">The cluster this log belongs to.</param>
/// <param name="MemberId">The member's raft id.</param>
/// <param name="Seq">Counts segments.</param>
/// <param name="Replaces">Not 0: the segment of an earlier process whose frames were copied into this one.</param>
/// <param name="Salt">Random; seeds every sum of the segment.</param>
/// <param name="FirstFrame">The sequence number of the first frame in it.</param>
/// <param name="PreviousCrc">What that first frame links to.</param>
/// <param name="LastIndex">Where the log ended when the segment began.</param>
/// <param name="LastTerm">That entry's term.</param>
/// <param name="HardState">As of then.</param>
/// <param name="KeySalt">Random; the segment's key is made with it.</param>
internal sealed record SegmentHeader(
    string ClusterId,
    ulong MemberId,
    ulong Seq,
    ulong Replaces,
    uint Salt,
    ulong FirstFrame,
    uint PreviousCrc,
    ulong LastIndex,
    ulong LastTerm,
    HardState HardState,
    UInt128 KeySalt)
{
    /// <summary>One page, so that no frame shares a sector with it.</summary>
    public const int Bytes = 4096;
    private const ulong Magic = 0x31474f4c5243484f; // "OHCRLOG1"
    private const int MaxClusterIdBytes = 64;

    public string FileName => NameOf(Seq);

    public static string NameOf(ulong seq) => $"{seq:x16}.seg";

    public byte[] Encode()
    {
        var writer = new SpanWriter();
        var cluster = Encoding.UTF8.GetBytes(ClusterId);
        if (cluster.Length > MaxClusterIdBytes)
            throw new ArgumentException($"the cluster id \"{ClusterId}\" is longer than {MaxClusterIdBytes} bytes");
        writer.U64(Magic);
        writer.U32((uint)cluster.Length);
        writer.Bytes(cluster);
        foreach (var value in new[] { MemberId, Seq, Replaces, FirstFrame, LastIndex, LastTerm, HardState.Term,
            HardState.Vote })
            writer.U64(value);
        writer.U32(Salt);
        writer.U32(PreviousCrc);
        writer.U64((ulong)(KeySalt >> 64));
        writer.U64((ulong)KeySalt);
        writer.Zeros(Bytes - 4 - writer.Length);
        writer.U32(Crc32C.Of(writer.Written));
        return writer.Written.ToArray();
    }

    /// <summary>Null: no header, or a damaged one.</summary>
    public static SegmentHeader? Decode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < Bytes)
            return null;
        var sum = new SpanReader(bytes[(Bytes - 4)..]).U32();
        var reader = new SpanReader(bytes[..(Bytes - 4)]);
        if (reader.U64() != Magic || sum != Crc32C.Of(bytes[..(Bytes - 4)]))
            return null;
        var cluster = Encoding.UTF8.GetString(reader.Take((int)reader.U32()));
        var (member, seq, replaces, first) = (reader.U64(), reader.U64(), reader.U64(), reader.U64());
        var (lastIndex, lastTerm) = (reader.U64(), reader.U64());
        var hardState = new HardState(reader.U64(), reader.U64());
        var (salt, crc) = (reader.U32(), reader.U32());
        var keySalt = new UInt128(reader.U64(), reader.U64());
        return new(cluster, member, seq, replaces, salt, first, crc, lastIndex, lastTerm, hardState, keySalt);
    }
}
