using Orchestrator.Raft;

namespace Orchestrator.Store.Host;

/// <summary>The loop: the only thread that touches the core and the replicated state.</summary>
public sealed partial class RaftHost
{
    private const int MaxInputs = 256;
    private readonly List<Action> batch = [];

    /// <summary>Proposals appended and not yet applied, in order of index.</summary>
    private readonly Queue<(ulong Index, ulong Term, TaskCompletionSource<ulong> Done)> pending = [];
    private readonly Dictionary<ulong, TaskCompletionSource<ulong>> openReads = [];
    private readonly PriorityQueue<TaskCompletionSource<ulong>, ulong> grantedReads = new();
    private readonly List<(ulong Index, TaskCompletionSource Done)> changes = [];
    private ulong lastTicket;
    private (bool Leading, ulong Term) told;
    private long nextTick;

    private void RunLoop()
    {
        try
        {
            nextTick = setup.Time.GetTimestamp();
            while (!stopping.IsCancellationRequested)
                RunOnce();
            completion.TrySetResult();
        }
        // A broken invariant, a failing apply, lost state: whichever, the only safe thing is to stop.
#pragma warning disable CA1031
        catch (Exception e)
#pragma warning restore CA1031
        {
            Fail(e);
        }
        finally
        {
            inbox.Close();
            EndWatches();
        }
    }

    /// <summary>Feeds what has come in, then does what follows from all of it at once.</summary>
    private void RunOnce()
    {
        batch.Clear();
        inbox.Take(batch, MaxInputs, UntilNextTick());
        foreach (var input in batch)
            input();
        if (UntilNextTick() <= TimeSpan.Zero)
            OnTick();
        TellStepDown();
        for (var effects = core.Drain(); !effects.IsEmpty; effects = core.Drain())
        {
            Do(effects);
            TellStepDown();
        }

        TellReady();
        Publish();
    }

    private TimeSpan UntilNextTick() => setup.Time.GetElapsedTime(setup.Time.GetTimestamp(), nextTick);

    private void OnTick()
    {
        var period = (long)(setup.Options.Tick.TotalSeconds * setup.Time.TimestampFrequency);
        // Ticks missed in a pause are not made up for: they would look like silence of the others.
        nextTick = Math.Max(nextTick + period, setup.Time.GetTimestamp());
        core.Tick();
        TickMembership();
    }

    private void Do(Effects effects)
    {
        foreach (var message in effects.Messages)
            setup.Transport.Send(message);
        if (effects.Append is { } append)
            writer.Write(append);
        if (effects.Restore is { } meta)
            Restore(meta);
        foreach (var entry in effects.Apply)
            Apply(entry);
        foreach (var read in effects.Reads)
            Grant(read);
        foreach (var ticket in effects.FailedReads)
            FailRead(ticket);
        ReleaseReads();
        if (effects.Fetch is { } source)
            Fetch(source);
    }

    private void Propose(Func<ulong, ReadOnlyMemory<byte>> sequence, TaskCompletionSource<ulong> done)
    {
        if (WhyNotNow() is { } refusal)
        {
            done.SetException(refusal);
            return;
        }

        ReadOnlyMemory<byte> bytes;
        try
        {
            bytes = sequence(core.LastIndex + 1);
        }
#pragma warning disable CA1031 // Whatever the caller's own code throws is the caller's.
        catch (Exception e)
#pragma warning restore CA1031
        {
            done.SetException(e);
            return;
        }

        var proposal = core.Propose(bytes);
        pending.Enqueue((proposal.Index, proposal.Term, done));
    }

    private Exception? WhyNotNow() =>
        !core.IsReady || told != (true, core.Term) ? new NotLeaderException(KnownLeader())
        : core.WhyNoProposal() switch
        {
            Refusal.None => pending.Count >= setup.Options.MaxWaiting
                ? new LogBusyException($"{pending.Count} changes wait to be committed") : null,
            Refusal.Transferring => new LogBusyException("leadership is being handed over"),
            Refusal.Busy => new LogBusyException("too many bytes wait to be committed"),
            _ => new NotLeaderException(KnownLeader()),
        };

    /// <summary>Another leader only: who has just been elected and is not ready yet knows of nobody better.</summary>
    private LogMember? KnownLeader() =>
        core.Leader == core.Self ? null : core.Membership.Find(core.Leader)?.ToLogMember();

    private void Read(TaskCompletionSource<ulong> done)
    {
        if (openReads.Count >= setup.Options.MaxWaiting)
        {
            done.SetException(new LogBusyException($"{openReads.Count} reads wait"));
            return;
        }

        openReads.Add(++lastTicket, done);
        core.ReadIndex(lastTicket);
    }

    private void Apply(Entry entry)
    {
        if (entry.Kind == EntryKind.Command)
            setup.State.Apply(entry.Index, entry.Term, entry.Data);
        core.Applied(entry.Index);
        NoteApplied(entry);
        while (pending.TryPeek(out var first) && first.Index <= entry.Index)
        {
            pending.Dequeue();
            if (first == (entry.Index, entry.Term, first.Done))
                first.Done.SetResult(entry.Index);
            else
                first.Done.SetException(new ProposalUnknownException(first.Index));
        }
    }

    private void Grant(ReadGrant read)
    {
        if (openReads.Remove(read.Ticket, out var done))
            grantedReads.Enqueue(done, read.Index);
    }

    private void FailRead(ulong ticket)
    {
        if (openReads.Remove(ticket, out var done))
            done.SetException(new NotLeaderException(KnownLeader()));
    }

    private void ReleaseReads()
    {
        while (grantedReads.TryPeek(out var done, out var index) && index <= core.AppliedIndex)
        {
            grantedReads.Dequeue();
            done.SetResult(core.AppliedIndex);
        }
    }

    /// <summary>Before anything of a later leader is applied, the state drops what it had speculated.</summary>
    private void TellStepDown()
    {
        if (!told.Leading || (core.Role == RaftRole.Leader && core.Term == told.Term))
            return;
        told = (false, core.Term);
        while (pending.TryDequeue(out var proposal))
            proposal.Done.SetException(new ProposalUnknownException(proposal.Index));
        setup.State.LeadershipChanged(leading: false, core.Term);
    }

    private void TellReady()
    {
        if (told.Leading || !core.IsReady)
            return;
        told = (true, core.Term);
        setup.State.LeadershipChanged(leading: true, core.Term);
    }

    private void Publish()
    {
        var now = new LeadershipStatus(
            RoleOf(), core.Term, told.Leading, core.Membership.Find(core.Leader)?.ToLogMember(), core.Self, core.Commit,
            core.AppliedIndex);
        var before = status;
        if (now == before)
            return;
        Volatile.Write(ref status, now);
        if (now with { CommitIndex = 0, AppliedIndex = 0 } == before with { CommitIndex = 0, AppliedIndex = 0 })
            return;
        PublishMembers();
        RaftHostLog.Leadership(setup.Logger, now.Role, now.Term, now.Leader?.NodeId ?? "unknown");
        lock (watchers)
            watchers.ForEach(w => w.Writer.TryWrite(now));
    }

    private LogRole RoleOf() => core.Role switch
    {
        RaftRole.Leader => LogRole.Leader,
        RaftRole.Follower when core.Membership.IsVoter(core.Self) => LogRole.Follower,
        RaftRole.Follower =>
            core.Membership.Find(core.Self) is null && core.LastIndex > 0 ? LogRole.None : LogRole.Learner,
        _ => LogRole.Candidate,
    };

    private void Fail(Exception reason)
    {
        if (completion.TrySetException(reason))
            RaftHostLog.Stopped(setup.Logger, reason.Message, reason);
        _ = completion.Task.Exception; // Observed: nobody need await it.
        Volatile.Write(ref status, LeadershipStatus.None with { SelfId = Self.RaftId });
        inbox.Close();
        stopping.CancelAsync();
    }

    private void EndWatches()
    {
        lock (watchers)
            watchers.ForEach(w => w.Writer.TryComplete());
    }
}
