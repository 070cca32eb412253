using System.Buffers.Binary;
using Orchestrator.Raft;

namespace Orchestrator.Simulation;

/// <summary>What must hold at every step, seen from outside with knowledge of all members and all disks.</summary>
internal sealed class Checker(Func<ulong, SimNode?> find)
{
    private readonly Dictionary<ulong, ulong> leaders = [];
    private readonly Dictionary<(ulong Index, ulong Term), (ulong Previous, ulong Content)> entries = [];
    private readonly List<(ulong Term, ulong Chain)> committed = [(0, 0)];
    private readonly Dictionary<ulong, (ulong Term, ulong Commit, ulong Applied, RaftRole Role, ulong Last, int Incarnation)> seen = [];

    /// <summary>Highest index that any member has applied.</summary>
    public ulong CommittedIndex => (ulong)committed.Count - 1;

    public ulong TermsWithLeader => (ulong)leaders.Count;

    public static ulong Fold(ulong chain, Entry entry)
    {
        Span<byte> head = stackalloc byte[25];
        BinaryPrimitives.WriteUInt64LittleEndian(head, chain);
        BinaryPrimitives.WriteUInt64LittleEndian(head[8..], entry.Index);
        BinaryPrimitives.WriteUInt64LittleEndian(head[16..], entry.Term);
        head[24] = (byte)entry.Kind;
        return Hash(Hash(0xcbf29ce484222325, head), entry.Data.Span);
    }

    public static ulong Hash(ulong hash, ReadOnlySpan<byte> bytes)
    {
        foreach (var b in bytes)
            hash = (hash ^ b) * 0x100000001b3;
        return hash;
    }

    public static ulong Hash(ulong hash, ulong value) => System.Numerics.BitOperations.RotateLeft((hash ^ value) * 0x9e3779b97f4a7c15, 29);

    /// <summary>Looks at the one node that has just changed.</summary>
    public void AfterStep(SimNode node)
    {
        if (node.Core is not { } core)
            return;
        seen.TryGetValue(node.Id, out var before);
        var same = before.Incarnation == node.Incarnation;
        Require(!same || core.Term >= before.Term, $"A1: the term of {node.Id} falls from {before.Term} to {core.Term}");
        Require(!same || core.Commit >= before.Commit, $"A6: commit of {node.Id} falls from {before.Commit} to {core.Commit}");
        Require(core.Commit <= core.LastIndex, $"A6: node {node.Id} commits beyond its log");
        if (core.Role == RaftRole.Leader)
            CheckLeader(node, core, same ? before : default);
        seen[node.Id] = (core.Term, core.Commit, node.Applied, core.Role, core.LastIndex, node.Incarnation);
    }

    private void CheckLeader(
        SimNode node,
        RaftCore core,
        (ulong Term, ulong Commit, ulong Applied, RaftRole Role, ulong Last, int Incarnation) before)
    {
        if (leaders.TryGetValue(core.Term, out var other))
            Require(other == node.Id, $"A2: {other} and {node.Id} both lead term {core.Term}");
        else
            leaders[core.Term] = node.Id;
        var continues = before.Role == RaftRole.Leader && before.Term == core.Term;
        Require(!continues || core.LastIndex >= before.Last, $"A5: leader {node.Id} shortens its log");
        if (!continues)
            CheckCompleteness(node, core);
        if (core.Commit > before.Commit)
            CheckQuorumHolds(node, core);
    }

    /// <summary>A new leader has every entry ever committed; the last one suffices, since equal entries have equal pasts.</summary>
    private void CheckCompleteness(SimNode node, RaftCore core)
    {
        if (CommittedIndex > core.BaseIndex)
        {
            Require(
                core.TermAt(CommittedIndex) == committed[^1].Term,
                $"leader completeness: {node.Id} leads term {core.Term} without committed entry {CommittedIndex}");
        }
    }

    /// <summary>A7, on the disks themselves and not as the leader believes them to be.</summary>
    private void CheckQuorumHolds(SimNode leader, RaftCore core)
    {
        if (core.TermAt(core.Commit) is not { } term || core.Commit <= (leader.Disk.Snapshot?.Meta.Index ?? 0))
            return;
        var holders = core.Membership.Members.Count(m => m.IsVoter && find(m.Id) is { } n && Holds(n, core.Commit, term));
        Require(
            holders >= core.Membership.Quorum,
            $"A7: leader {leader.Id} commits {core.Commit} of term {term}, which only {holders} disks hold");
    }

    private static bool Holds(SimNode node, ulong index, ulong term) =>
        node.Disk.TermAt(index) == term || node.Disk.Snapshot?.Meta.Index >= index || node.Disk.BaseIndex >= index;

    /// <summary>Each (index, term) has one content and one past: log matching, by induction.</summary>
    public void Writing(AppendBatch batch)
    {
        foreach (var entry in batch.Entries)
        {
            var content = Fold(0, entry);
            if (entries.TryGetValue((entry.Index, entry.Term), out var known))
                Require(known.Content == content, $"log matching: two entries {entry.Index} of term {entry.Term}");
            else
                entries[(entry.Index, entry.Term)] = (0, content);
        }

        for (var i = 1; i < batch.Entries.Count; i++)
            CheckPast(batch.Entries[i], batch.Entries[i - 1].Term);
    }

    private void CheckPast(Entry entry, ulong previousTerm)
    {
        var known = entries[(entry.Index, entry.Term)];
        Require(
            known.Previous == 0 || known.Previous == previousTerm,
            $"log matching: entry {entry.Index} of term {entry.Term} follows terms {known.Previous} and {previousTerm}");
        entries[(entry.Index, entry.Term)] = (previousTerm, known.Content);
    }

    /// <summary>A8: no promise leaves before the disk can keep it.</summary>
    public void Sending(SimNode node, Message message)
    {
        if (message.Kind == MessageKind.AppendReply && !message.Reject)
        {
            Require(
                node.Disk.LastIndex >= message.Index || node.Disk.Snapshot?.Meta.Index >= message.Index,
                $"A8: {node.Id} acknowledges {message.Index}, its disk ends at {node.Disk.LastIndex}");
            Require(
                node.Disk.TermAt(message.Index) is not { } term || node.Core!.TermAt(message.Index) is not { } own || term == own,
                $"A8: {node.Id} acknowledges {message.Index}, its disk holds another entry there");
        }
        else if (message.Kind == MessageKind.VoteReply && !message.Reject)
        {
            Require(
                node.Disk.HardState == new HardState(message.Term, message.To),
                $"A8: {node.Id} votes for {message.To} in term {message.Term}, its disk says {node.Disk.HardState}");
        }
    }

    /// <summary>State machine safety: at each index every member applies the same, after the same.</summary>
    public void Applied(SimNode node, Entry entry)
    {
        if (entry.Index == (ulong)committed.Count)
        {
            committed.Add((entry.Term, node.Chain));
            return;
        }

        Require(
            entry.Index < (ulong)committed.Count && committed[(int)entry.Index] == (entry.Term, node.Chain),
            $"state machine safety: {node.Id} applies another entry {entry.Index} (term {entry.Term}) than others did");
    }

    public static void Require(bool holds, string what)
    {
        if (!holds)
            throw new ViolationException(what);
    }
}
