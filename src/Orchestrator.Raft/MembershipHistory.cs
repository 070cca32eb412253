namespace Orchestrator.Raft;

/// <summary>
/// The memberships of the log, oldest first: the last is in force, committed or not, so what is truncated away takes
/// its membership along. A pure function of snapshot and log; no apply is waited for.
/// </summary>
internal sealed class MembershipHistory
{
    private readonly List<(ulong Index, Membership Membership)> stack = [(0, Membership.Empty)];

    public Membership Current => stack[^1].Membership;

    /// <summary>Where the membership in force stands in the log; 0 or a snapshot's index if in no entry.</summary>
    public ulong CurrentIndex => stack[^1].Index;

    /// <summary>The membership as of <paramref name="index"/>.</summary>
    public Membership At(ulong index) => stack.FindLast(s => s.Index <= index).Membership ?? stack[0].Membership;

    public void Push(ulong index, Membership membership)
    {
        // A10: one voter of difference at most, and only one change uncommitted (the leader's part of that rule).
        if (stack[^1].Membership.Members.Length > 0)
            Invariant.Check(
                Current.VotersChanged(membership) <= 1, "A10: neighbouring memberships differ by more than one voter");
        stack.Add((index, membership));
    }

    public void TruncateFrom(ulong index)
    {
        while (stack.Count > 1 && stack[^1].Index >= index)
            stack.RemoveAt(stack.Count - 1);
    }

    /// <summary>Forgets what lies before the one in force at <paramref name="index"/>.</summary>
    public void Compact(ulong index)
    {
        var keep = stack.FindLastIndex(s => s.Index <= index);
        if (keep > 0)
            stack.RemoveRange(0, keep);
    }

    public void Reset(ulong index, Membership membership)
    {
        stack.Clear();
        stack.Add((index, membership));
    }
}
