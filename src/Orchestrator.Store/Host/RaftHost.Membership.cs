using Orchestrator.Raft;

namespace Orchestrator.Store.Host;

/// <summary>
/// Who belongs to the cluster: joining, leaving, moving, handing over. All of it works on the leader only.
/// </summary>
public sealed partial class RaftHost
{
    private const int TransferAttempts = 5;

    private Membership? publishedMembership;
    private ulong ticks;

    /// <summary>
    /// Adds a node's member as a learner, under a new raft id; it is promoted by itself once it has caught up. What was
    /// a member on that node before is removed: it has lost its disk, or it would not ask.
    /// </summary>
    /// <returns>The new member, once the change is committed.</returns>
    /// <exception cref="NotLeaderException">Ask the leader.</exception>
    /// <exception cref="MembershipException">The change is refused.</exception>
    public async Task<LogMember> AddAsync(string nodeId, string address, CancellationToken cancellationToken)
    {
        foreach (var old in Members.Where(m => m.Member.NodeId == nodeId))
            await RemoveAsync(old.Member.RaftId, cancellationToken);
        var id = NewRaftId();
        await ChangeAsync(
            new(MembershipChangeKind.AddLearner, id, MemberContexts.Encode(nodeId, address)), cancellationToken);
        return new LogMember(id, nodeId, address, IsVoter: false);
    }

    /// <summary>
    /// Removes a member. A leader cannot remove itself: <see cref="TransferAsync"/>, then ask the next one.
    /// </summary>
    /// <exception cref="NotLeaderException">Ask the leader.</exception>
    /// <exception cref="MembershipException">The change is refused; no such member is no error.</exception>
    public async Task RemoveAsync(ulong raftId, CancellationToken cancellationToken)
    {
        if (Members.Any(m => m.Member.RaftId == raftId))
            await ChangeAsync(new(MembershipChangeKind.Remove, raftId), cancellationToken);
    }

    /// <summary>Hands leadership over and waits until another leads.</summary>
    /// <remarks>
    /// The core gives up a transfer after one election timeout, since writes wait meanwhile. A busy host may need
    /// longer to answer, so it is asked again, a few times.
    /// </remarks>
    /// <param name="target">A voter's raft id; 0 for whoever is furthest.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="NotLeaderException">This member does not lead.</exception>
    /// <exception cref="MembershipException">
    /// There is nobody to hand over to, or it did not take over in time.
    /// </exception>
    public async Task TransferAsync(ulong target, CancellationToken cancellationToken)
    {
        await OnLoopAsync(() => Refuse(core.TransferLeader(target), target), cancellationToken);
        for (var left = TransferAttempts - 1; await TransferFailedAsync(cancellationToken); left--)
        {
            if (left == 0)
                throw new MembershipException("The other manager did not take over leadership in time; try again.");
            await OnLoopAsync(() => core.TransferLeader(target), cancellationToken);
        }
    }

    /// <summary>Waits for the end of a transfer; whether this member still leads.</summary>
    private async Task<bool> TransferFailedAsync(CancellationToken cancellationToken)
    {
        while (await OnLoopAsync(() => core.TransferTarget != 0, cancellationToken))
            await Task.Delay(setup.Options.Tick / 4, setup.Time, cancellationToken);
        return await OnLoopAsync(() => core.Role == RaftRole.Leader, cancellationToken);
    }

    /// <summary>Proposes until the previous change is out of the way, then waits for the commit.</summary>
    private async Task ChangeAsync(MembershipChange change, CancellationToken cancellationToken)
    {
        while (true)
        {
            var committed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var waits = await OnLoopAsync(() => TryChange(change, committed), cancellationToken);
            if (!waits)
            {
                await Await(committed.Task.ContinueWith(t => t.IsCompleted, TaskScheduler.Default), cancellationToken);
                await committed.Task;
                return;
            }

            await Task.Delay(setup.Options.Tick / 2, setup.Time, cancellationToken);
        }
    }

    /// <summary>True: not now, but maybe soon.</summary>
    private bool TryChange(MembershipChange change, TaskCompletionSource committed)
    {
        var proposal = core.ProposeChange(change);
        if (proposal.Refusal is Refusal.ChangePending or Refusal.Transferring)
            return true;
        Refuse(proposal.Refusal, change.Id);
        changes.Add((proposal.Index, committed));
        return false;
    }

    private bool Refuse(Refusal refusal, ulong id) => refusal switch
    {
        Refusal.None => true,
        Refusal.NotLeader => throw new NotLeaderException(KnownLeader()),
        Refusal.WouldLoseQuorum => throw new MembershipException(
            "The remaining managers that answer would be too few for a quorum; bring "
            + "another one back, or add one, first."),
        Refusal.IsLeader =>
            throw new MembershipException("This manager leads; hand leadership over before removing it."),
        Refusal.UnknownMember when id == 0 =>
            throw new MembershipException("There is no other manager to hand leadership to."),
        Refusal.UnknownMember =>
            throw new MembershipException($"No other manager takes part under the raft id {id:x}."),
        _ => throw new MembershipException($"The change of membership is refused: {refusal}."),
    };

    private Task<T> OnLoopAsync<T>(Func<T> action, CancellationToken cancellationToken)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var posted = inbox.Post(() =>
        {
            try
            {
                done.SetResult(action());
            }
            catch (Exception e) when (e is NotLeaderException or MembershipException)
            {
                done.SetException(e);
            }
        });
        return posted ? Await(done.Task, cancellationToken) : Task.FromException<T>(new LogStoppedException(null));
    }

    private void TickMembership()
    {
        EndChanges();
        if (++ticks % (ulong)setup.Options.Raft.ElectionTicks == 0
            || !ReferenceEquals(publishedMembership, core.Membership))
            PublishMembers();
        if (!core.IsReady)
            return;
        if (core.Membership.Find(core.Self) is { } self && self.ToLogMember().Address != setup.Address)
            NoteAddress(core.Self, setup.Address);
        // Refused until it has caught up and answers, so this promotes nobody merely because time went by.
        foreach (var learner in core.Membership.Members.Where(m => !m.IsVoter))
        {
            if (core.ProposeChange(new(MembershipChangeKind.Promote, learner.Id)).Accepted)
                break; // One at a time.
        }
    }

    private void EndChanges()
    {
        foreach (var change in changes)
        {
            if (change.Index <= core.AppliedIndex && told.Leading)
                change.Done.SetResult();
            else if (core.Role != RaftRole.Leader)
                change.Done.SetException(new ProposalUnknownException(change.Index));
        }

        changes.RemoveAll(c => c.Done.Task.IsCompleted);
    }

    /// <summary>
    /// A member may have moved: it is answered there at once, and if we lead, everybody learns of it.
    /// </summary>
    private void OnAnnounced(ulong id, string address)
    {
        if (core.CommittedMembership.IsRemoved(id))
            return;
        setup.Transport.Announce(id, address);
        NoteAddress(id, address);
    }

    /// <summary>Puts a member's address into the log, if it is news.</summary>
    private void NoteAddress(ulong id, string address)
    {
        if (!core.IsReady || core.Membership.Find(id) is not { } member)
            return;
        var known = member.ToLogMember();
        if (known.Address != address)
            core.ProposeChange(new(MembershipChangeKind.SetContext, id, MemberContexts.Encode(known.NodeId, address)));
    }

    private void PublishMembers()
    {
        var now = core.Membership.Members
            .Select(
                m => new LogMemberState(
                m.ToLogMember(), m.Id == core.Leader, core.Role != RaftRole.Leader || core.IsReachable(m.Id)))
            .ToArray();
        Volatile.Write(ref members, now);
        if (ReferenceEquals(publishedMembership, core.Membership))
            return;
        publishedMembership = core.Membership;
        if (now.Length > 0)
            setup.Transport.SetMembers([.. now.Select(m => m.Member)]);
        RaftHostLog.Members(
            setup.Logger, string.Join(", ", now.Select(m => $"{m.Member.NodeId} at {m.Member.Address}")));
    }
}

/// <summary>
/// A change of membership that would endanger the cluster, or makes no sense, was refused. Nothing was changed.
/// </summary>
#pragma warning disable CA1032 // The message is the point.
public sealed class MembershipException(string message) : Exception(message);
