namespace Orchestrator.Raft;

internal enum ProgressState
{
    /// <summary>Where the logs part is being looked for: one append at a time.</summary>
    Probe,

    /// <summary>The logs agree: appends stream without waiting for answers, as far as the window allows.</summary>
    Replicate,

    /// <summary>
    /// It needs entries that are gone: a snapshot is offered, again and again, and nothing else sent.
    /// </summary>
    Snapshot,
}

/// <summary>What a leader knows about one other member.</summary>
internal sealed class Progress(ulong id, ulong next, ulong now)
{
    private readonly Queue<(ulong Last, int Bytes)> inflight = [];

    public ulong Id { get; } = id;

    public ProgressState State { get; private set; } = ProgressState.Probe;

    /// <summary>The highest index known equal to ours and durable over there. Only grows.</summary>
    public ulong Match { get; private set; }

    /// <summary>The next index to send.</summary>
    public ulong Next { get; private set; } = next;

    /// <summary>When it was last heard in this term.</summary>
    public ulong LastHeard { get; set; } = now;

    /// <summary>A probe is out and unanswered; the next heartbeat's answer frees the way.</summary>
    public bool ProbeSent { get; set; }

    /// <summary>The commit index that the last append told it.</summary>
    public ulong SentCommit { get; set; }

    /// <summary>The newest read round it has echoed.</summary>
    public ulong ReadEcho { get; set; }

    /// <summary>The index of the snapshot it was offered.</summary>
    public ulong PendingSnapshot { get; private set; }

    public int InflightBytes { get; private set; }

    public bool CanSend(RaftOptions options) => State switch
    {
        ProgressState.Probe => !ProbeSent,
        ProgressState.Replicate =>
            inflight.Count < options.MaxInflightAppends && InflightBytes < options.MaxInflightBytes,
        _ => false,
    };

    /// <summary>Entries up to <paramref name="last"/> went out.</summary>
    public void Sent(ulong last, int bytes)
    {
        if (State == ProgressState.Probe)
        {
            ProbeSent = true;
            return;
        }

        Next = last + 1;
        inflight.Enqueue((last, bytes));
        InflightBytes += bytes;
    }

    /// <summary>It has everything up to <paramref name="index"/>. False if that is no news.</summary>
    public bool Acknowledged(ulong index)
    {
        while (inflight.TryPeek(out var oldest) && oldest.Last <= index)
            InflightBytes -= inflight.Dequeue().Bytes;
        if (State == ProgressState.Probe || (State == ProgressState.Snapshot && index >= PendingSnapshot))
            Become(ProgressState.Replicate);
        var news = index > Match;
        Match = Math.Max(Match, index);
        Next = Math.Max(Next, Match + 1);
        Invariant.Check(InflightBytes >= 0 && Match < Next, "A9: match, next and window disagree");
        return news;
    }

    /// <summary>
    /// An append after <paramref name="rejected"/> did not fit; <paramref name="common"/> may. False if it is an old
    /// answer.
    /// </summary>
    public bool Rejected(ulong rejected, ulong common)
    {
        var stale = State == ProgressState.Replicate ? rejected <= Match : rejected != Next - 1;
        if (stale || State == ProgressState.Snapshot)
            return false;
        var next = Math.Max(Match + 1, Math.Min(rejected, common + 1));
        Become(ProgressState.Probe);
        Next = next;
        return true;
    }

    /// <summary>Something sent to it was lost: find out anew what it has.</summary>
    public void Lost()
    {
        if (State != ProgressState.Replicate)
            return;
        Become(ProgressState.Probe);
        Next = Match + 1;
    }

    public void Offer(ulong snapshotIndex)
    {
        Become(ProgressState.Snapshot);
        PendingSnapshot = snapshotIndex;
    }

    /// <summary>It no longer needs the snapshot it was offered.</summary>
    public void Resume()
    {
        Become(ProgressState.Probe);
        Next = Match + 1;
    }

    private void Become(ProgressState state)
    {
        State = state;
        ProbeSent = false;
        SentCommit = 0;
        inflight.Clear();
        InflightBytes = 0;
        if (state == ProgressState.Replicate)
            Next = Match + 1;
    }
}
