namespace Orchestrator.Raft;

public enum MembershipChangeKind
{
    AddLearner,
    Promote,
    Demote,
    Remove,
    SetContext,
}

/// <summary>
/// One step of membership: at most one voter differs, which keeps old and new majorities overlapping.
/// </summary>
public sealed record MembershipChange(MembershipChangeKind Kind, ulong Id, ReadOnlyMemory<byte> Context = default)
{
    /// <summary>The membership after this change, or why there is none.</summary>
    internal (Membership? Next, Refusal Refusal) ApplyTo(Membership current) => (Kind, current.Find(Id)) switch
    {
        (MembershipChangeKind.AddLearner, not null) => (null, Refusal.AlreadyMember),
        (MembershipChangeKind.AddLearner, _) when current.IsRemoved(Id) => (null, Refusal.RemovedMember),
        (MembershipChangeKind.AddLearner, _) => (current.With(new Member(Id, IsVoter: false, Context)), Refusal.None),
        (_, null) => (null, Refusal.UnknownMember),
        (MembershipChangeKind.Promote, { IsVoter: true }) => (null, Refusal.AlreadyMember),
        (MembershipChangeKind.Promote, { } member) => (current.With(member with { IsVoter = true }), Refusal.None),
        (MembershipChangeKind.Demote, { } member) => (current.With(member with { IsVoter = false }), Refusal.None),
        (MembershipChangeKind.SetContext, { } member) =>
            (current.With(member with { Context = Context }), Refusal.None),
        _ => (current.Without(Id), Refusal.None),
    };
}
