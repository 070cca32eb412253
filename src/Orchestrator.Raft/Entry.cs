namespace Orchestrator.Raft;

/// <summary>What an entry is for. The numbers are written to disk and wire.</summary>
public enum EntryKind : byte
{
    /// <summary>
    /// Empty; a new leader appends one, since only an entry of its own term proves what is committed.
    /// </summary>
    Noop = 0,

    /// <summary>Opaque bytes for the replicated state.</summary>
    Command = 1,

    /// <summary>A <see cref="Membership"/>, in force from the moment it is in the log.</summary>
    Config = 2,
}

/// <summary>
/// One place of the log. Immutable once made, its bytes too: they are shared with storage and transport.
/// </summary>
/// <param name="Term">The term of the leader that appended it.</param>
/// <param name="Index">Its place; the first is 1.</param>
/// <param name="Kind">Who reads <paramref name="Data"/>.</param>
/// <param name="Data">The content; empty for <see cref="EntryKind.Noop"/>.</param>
public sealed record Entry(ulong Term, ulong Index, EntryKind Kind, ReadOnlyMemory<byte> Data)
{
    /// <summary>What the entry counts against limits: its bytes and a flat share for what surrounds them.</summary>
    public int Weight => Data.Length + 32;
}

/// <summary>
/// What must be on disk before a reply leaves: written together, so that neither exists without the other.
/// </summary>
/// <param name="Term">The newest term seen.</param>
/// <param name="Vote">Who got this member's vote in that term; 0 for nobody.</param>
public readonly record struct HardState(ulong Term, ulong Vote);

/// <summary>What identifies a raft snapshot: the last entry it covers and the membership as of that entry.</summary>
public sealed record SnapshotMeta(ulong Index, ulong Term, Membership Membership);

/// <summary>What storage found on disk at start.</summary>
/// <param name="HardState">As last written.</param>
/// <param name="CommitHint">An index known committed when something was last written; may lag, never leads.</param>
/// <param name="Snapshot">The newest whole snapshot; null if there is none.</param>
/// <param name="BaseIndex">
/// The entry before the first of <paramref name="Entries"/>; at most the snapshot's index.
/// </param>
/// <param name="BaseTerm">That entry's term; 0 for index 0.</param>
/// <param name="Entries">Contiguous from <paramref name="BaseIndex"/> + 1.</param>
public sealed record RecoveredLog(
    HardState HardState,
    ulong CommitHint,
    SnapshotMeta? Snapshot,
    ulong BaseIndex,
    ulong BaseTerm,
    IReadOnlyList<Entry> Entries)
{
    /// <summary>A member that was never started: it votes, and learns the rest from the leader that adds it.</summary>
    public static RecoveredLog Empty { get; } = new(default, 0, null, 0, 0, []);

    /// <summary>
    /// The first member of a new cluster: its log begins with a membership of which it is the only voter.
    /// </summary>
    public static RecoveredLog Bootstrap(ulong self, ReadOnlyMemory<byte> context)
    {
        var alone = new Membership([new Member(self, IsVoter: true, context)], []);
        return new(new HardState(1, 0), 0, null, 0, 0, [new Entry(1, 1, EntryKind.Config, alone.Encode())]);
    }
}
