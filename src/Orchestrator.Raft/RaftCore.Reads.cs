namespace Orchestrator.Raft;

/// <summary>
/// Linearizable reads without a log entry. The leader numbers rounds (<see cref="Message.ReadSeq"/>); a read waits for
/// a quorum to echo a round that began after it came. The callers' own numbers never serve as proof: an old answer
/// cannot confirm a retried question.
/// </summary>
public sealed partial class RaftCore
{
    /// <summary>Leader: reads to be confirmed. Peer 0 means a local one.</summary>
    private readonly List<(ulong Peer, ulong Ticket, ulong Index, ulong Seq)> confirming = [];
    private readonly List<(ulong Peer, ulong Ticket)> beforeFirstCommit = [];

    /// <summary>Follower: tickets asked about under <see cref="readBatch"/>, and those that came since.</summary>
    private readonly List<ulong> asked = [];
    private readonly List<ulong> toAsk = [];
    private readonly List<ReadGrant> grantedReads = [];
    private readonly List<ulong> failedReads = [];
    private ulong readSeq;
    private ulong readBatch;
    private ulong askedAt;

    /// <summary>
    /// Asks for an index at which local state is linearizable. Ends exactly once, in <see cref="Effects.Reads"/> or
    /// <see cref="Effects.FailedReads"/>.
    /// </summary>
    /// <param name="ticket">The caller's; unique among those open.</param>
    public void ReadIndex(ulong ticket)
    {
        if (Role == RaftRole.Leader && transferee == 0)
            AddRead(peer: 0, ticket);
        else if (Role == RaftRole.Follower && Leader != 0)
            toAsk.Add(ticket);
        else
            failedReads.Add(ticket);
        if (Role == RaftRole.Follower && asked.Count == 0)
            AskLeader();
    }

    private void AddRead(ulong peer, ulong ticket)
    {
        // Before an entry of its own term is committed a leader does not know what earlier ones committed.
        if (Commit < firstOfTerm)
            beforeFirstCommit.Add((peer, ticket));
        else
            confirming.Add((peer, ticket, Commit, readSeq + 1));
    }

    /// <summary>Starts a round for reads that have none, then lets go of those that a quorum has confirmed.</summary>
    private void ConfirmReads()
    {
        if (Commit >= firstOfTerm && beforeFirstCommit.Count > 0)
        {
            beforeFirstCommit.ForEach(r => AddRead(r.Peer, r.Ticket));
            beforeFirstCommit.Clear();
        }

        if (confirming.Count > 0 && confirming[^1].Seq > readSeq)
        {
            readSeq++;
            peers.ForEach(SendHeartbeat);
        }

        GrantConfirmed();
    }

    private void GrantConfirmed()
    {
        if (confirming.Count == 0)
            return;
        var echoes = Membership.Members.Where(m => m.IsVoter)
            .Select(m => m.Id == Self ? readSeq : FindPeer(m.Id)?.ReadEcho ?? 0)
            .OrderDescending().ToArray();
        var confirmed = echoes[Membership.Quorum - 1];
        foreach (var read in confirming.TakeWhile(r => r.Seq <= confirmed))
        {
            if (read.Peer == 0)
                grantedReads.Add(new(read.Ticket, read.Index));
            else
                outbox.Add(To(read.Peer, MessageKind.ReadReply) with { Index = read.Index, ReadSeq = read.Ticket });
        }

        confirming.RemoveAll(r => r.Seq <= confirmed);
    }

    private void OnRead(Message request)
    {
        // One that nobody knows as a member gets no answer, and neither does anyone during a transfer: it will ask
        // again. Nor does a repeated question that is waiting already.
        var waiting = confirming.Exists(r => r.Peer == request.From && r.Ticket == request.ReadSeq)
            || beforeFirstCommit.Contains((request.From, request.ReadSeq));
        if (Role == RaftRole.Leader && transferee == 0 && !waiting && FindPeer(request.From) is not null)
            AddRead(request.From, request.ReadSeq);
    }

    private void OnReadReply(Message reply)
    {
        if (Role != RaftRole.Follower || reply.From != Leader || reply.ReadSeq != readBatch || asked.Count == 0)
            return;
        asked.ForEach(ticket => grantedReads.Add(new(ticket, reply.Index)));
        asked.Clear();
        if (toAsk.Count > 0)
            AskLeader();
    }

    /// <summary>One question stands for all reads that wait by now; later ones wait for the next.</summary>
    private void AskLeader()
    {
        asked.AddRange(toAsk);
        toAsk.Clear();
        if (asked.Count == 0)
            return;
        readBatch++;
        SendQuestion();
    }

    private void SendQuestion()
    {
        askedAt = now;
        outbox.Add(To(Leader, MessageKind.Read) with { ReadSeq = readBatch });
    }

    /// <summary>A question or its answer was lost. Asked again under its number: any answer to it is as good.</summary>
    private void ResendReads()
    {
        if (Role == RaftRole.Follower && asked.Count > 0 && now - askedAt >= 2)
            SendQuestion();
    }

    /// <summary>
    /// Who led when they were asked does not any more, or is about to hand over: no read may hang on that.
    /// </summary>
    private void FailReads()
    {
        failedReads.AddRange(confirming.Where(r => r.Peer == 0).Select(r => r.Ticket));
        failedReads.AddRange(beforeFirstCommit.Where(r => r.Peer == 0).Select(r => r.Ticket));
        failedReads.AddRange(asked);
        failedReads.AddRange(toAsk);
        confirming.Clear();
        beforeFirstCommit.Clear();
        asked.Clear();
        toAsk.Clear();
    }
}
