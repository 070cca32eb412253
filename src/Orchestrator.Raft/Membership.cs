using System.Buffers.Binary;
using System.Collections.Immutable;

namespace Orchestrator.Raft;

/// <summary>One member of the cluster.</summary>
/// <param name="Id">Random, used once, never 0.</param>
/// <param name="IsVoter">Counts for elections and commits; a learner only receives the log.</param>
/// <param name="Context">What the host needs to reach it; opaque here.</param>
public sealed record Member(ulong Id, bool IsVoter, ReadOnlyMemory<byte> Context);

/// <summary>Who belongs to the cluster as of one point of the log. Immutable.</summary>
/// <param name="Members">Sorted by id.</param>
/// <param name="Removed">Ids that were members once and shall never be heard again; sorted.</param>
public sealed record Membership(ImmutableArray<Member> Members, ImmutableArray<ulong> Removed)
{
    private const byte Format = 1;
    private const byte VoterFlag = 1; // 2 is kept free for "voter of the outgoing configuration" (joint consensus).

    public static Membership Empty { get; } = new([], []);

    public int VoterCount => Members.Count(m => m.IsVoter);

    /// <summary>Votes that decide: more than half of the voters.</summary>
    public int Quorum => (VoterCount / 2) + 1;

    public Member? Find(ulong id) => Members.FirstOrDefault(m => m.Id == id);

    public bool IsVoter(ulong id) => Find(id) is { IsVoter: true };

    public bool IsRemoved(ulong id) => Removed.AsSpan().BinarySearch(id) >= 0;

    /// <summary>With <paramref name="member"/> added, or in place of the one with its id.</summary>
    public Membership With(Member member) =>
        this with { Members = [.. Members.Where(m => m.Id != member.Id).Append(member).OrderBy(m => m.Id)] };

    public Membership Without(ulong id) =>
        new([.. Members.Where(m => m.Id != id)], [.. Removed.Append(id).Distinct().Order()]);

    /// <summary>
    /// How many ids vote in exactly one of the two: a change by one keeps any two majorities overlapping.
    /// </summary>
    public int VotersChanged(Membership other) =>
        Members.Count(m => m.IsVoter && !other.IsVoter(m.Id)) + other.Members.Count(m => m.IsVoter && !IsVoter(m.Id));

    /// <summary>
    /// Bytes for log and snapshot, little-endian: format (1), member count (4), each id (8), flags (1), context length
    /// (4), context; then removed count (4) and ids (8 each).
    /// </summary>
    public byte[] Encode()
    {
        var bytes = new byte[9 + Members.Sum(m => 13 + m.Context.Length) + (8 * Removed.Length)];
        bytes[0] = Format;
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(1), Members.Length);
        var rest = bytes.AsSpan(5);
        foreach (var member in Members)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(rest, member.Id);
            rest[8] = member.IsVoter ? VoterFlag : (byte)0;
            BinaryPrimitives.WriteInt32LittleEndian(rest[9..], member.Context.Length);
            member.Context.Span.CopyTo(rest[13..]);
            rest = rest[(13 + member.Context.Length)..];
        }

        BinaryPrimitives.WriteInt32LittleEndian(rest, Removed.Length);
        for (var i = 0; i < Removed.Length; i++)
            BinaryPrimitives.WriteUInt64LittleEndian(rest[(4 + (8 * i))..], Removed[i]);
        return bytes;
    }

    /// <exception cref="FormatException">Not what <see cref="Encode"/> writes.</exception>
    public static Membership Decode(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return bytes[0] == Format
                ? DecodeBody(bytes[1..])
                : throw new FormatException($"membership format {bytes[0]} is not known to this version");
        }
        catch (Exception e) when (e is ArgumentOutOfRangeException or IndexOutOfRangeException or OverflowException)
        {
            throw new FormatException("membership is cut short", e);
        }
    }

    private static Membership DecodeBody(ReadOnlySpan<byte> rest)
    {
        var members = ImmutableArray.CreateBuilder<Member>();
        var count = BinaryPrimitives.ReadInt32LittleEndian(rest);
        rest = rest[4..];
        for (var i = 0; i < count; i++)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(rest[9..]);
            members.Add(new Member(
                BinaryPrimitives.ReadUInt64LittleEndian(rest),
                (rest[8] & VoterFlag) != 0,
                rest.Slice(13, length).ToArray()));
            rest = rest[(13 + length)..];
        }

        var removed = new ulong[BinaryPrimitives.ReadInt32LittleEndian(rest)];
        for (var i = 0; i < removed.Length; i++)
            removed[i] = BinaryPrimitives.ReadUInt64LittleEndian(rest[(4 + (8 * i))..]);
        return new Membership(members.DrainToImmutable(), [.. removed]);
    }

    public override string ToString() =>
        string.Join(' ', Members.Select(m => $"{(m.IsVoter ? "voter" : "learner")} {m.Id:x}"));
}
