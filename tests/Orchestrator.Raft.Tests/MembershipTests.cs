namespace Orchestrator.Raft.Tests;

public sealed class MembershipTests
{
    private static readonly Membership Three = new(
        [new Member(1, true, new byte[] { 7 }), new Member(5, true, default), new Member(9, false, new byte[] { 1, 2, 3 })], [2, 4]);

    [Fact]
    public void Encoding_loses_nothing()
    {
        var decoded = Membership.Decode(Three.Encode());

        Assert.Equal(Three.Encode(), decoded.Encode());
        Assert.Equal([1, 5, 9], decoded.Members.Select(m => m.Id));
        Assert.Equal([true, true, false], decoded.Members.Select(m => m.IsVoter));
        Assert.Equal([1, 2, 3], decoded.Members[2].Context.ToArray());
        Assert.True(decoded.IsRemoved(4));
        Assert.False(decoded.IsRemoved(5));
    }

    [Fact]
    public void What_is_cut_short_or_of_another_format_is_refused()
    {
        var bytes = Three.Encode();
        for (var length = 0; length < bytes.Length; length++)
            Assert.Throws<FormatException>(() => Membership.Decode(bytes.AsSpan(0, length)));
        bytes[0] = 200;

        Assert.Throws<FormatException>(() => Membership.Decode(bytes));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 2)]
    [InlineData(4, 3)]
    [InlineData(5, 3)]
    [InlineData(7, 4)]
    public void A_quorum_is_more_than_half_of_the_voters(int voters, int quorum)
    {
        var members = Enumerable.Range(1, voters).Select(i => new Member((ulong)i, true, default))
            .Append(new Member(99, false, default));

        Assert.Equal(quorum, new Membership([.. members], []).Quorum);
    }

    [Fact]
    public void A_removed_id_never_comes_back()
    {
        var without = Three.Without(5);

        var (next, refusal) = new MembershipChange(MembershipChangeKind.AddLearner, 5).ApplyTo(without);

        Assert.Null(next);
        Assert.Equal(Refusal.RemovedMember, refusal);
    }

    [Theory]
    [InlineData(MembershipChangeKind.AddLearner, 7, 0)]
    [InlineData(MembershipChangeKind.Promote, 9, 1)]
    [InlineData(MembershipChangeKind.Demote, 5, 1)]
    [InlineData(MembershipChangeKind.Remove, 5, 1)]
    [InlineData(MembershipChangeKind.Remove, 9, 0)]
    [InlineData(MembershipChangeKind.SetContext, 1, 0)]
    public void A_step_changes_at_most_one_voter(MembershipChangeKind kind, ulong id, int changed)
    {
        var (next, _) = new MembershipChange(kind, id).ApplyTo(Three);

        Assert.Equal(changed, next!.VotersChanged(Three));
        Assert.Equal(next.Members.Select(m => m.Id).Order(), next.Members.Select(m => m.Id));
    }
}
