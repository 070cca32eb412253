using Orchestrator.Raft;

namespace Orchestrator.Simulation;

/// <summary>What goes wrong, what clients do meanwhile, and what must come right again.</summary>
internal sealed partial class Simulation
{
    private SimNode Pick(RaftRandom random) => nodes[1 + (ulong)random.Below((int)lastId)];

    private void CrashOne() => Crash(Pick(chaos), 1 + chaos.Below(2 * options.DownMs));

    private void Crash(SimNode node, int downMs)
    {
        if (node.Core is null)
            return;
        Trace = Checker.Hash(Trace, (ulong)Now ^ node.Id);
        foreach (var read in node.WaitingReads)
            openReads.Remove(read.Ticket);
        node.Crash(keepUnfinished: disk.Below(2) == 0);
        paused.Remove(node.Id);
        After(downMs, () => Restart(node));
    }

    private void Restart(SimNode node)
    {
        if (node.Core is null)
            node.Start(seeds.Next());
    }

    /// <summary>Splits, one-way cuts, one node alone, and two halves that share one node.</summary>
    private void CutSome()
    {
        var side = chaos.Next();
        var bridge = Pick(chaos).Id;
        bool Left(ulong id) => ((side >> (int)(id % 64)) & 1) == 0;
        cut = chaos.Below(4) switch
        {
            0 => (a, b) => Left(a) != Left(b),
            1 => (a, b) => Left(a) && !Left(b),
            2 => (a, b) => a == bridge || b == bridge,
            _ => (a, b) => a != bridge && b != bridge && Left(a) != Left(b),
        };
        var mine = cut;
        After(1 + chaos.Below(2 * options.PartitionMs), () =>
        {
            if (cut == mine)
                cut = static (_, _) => false;
        });
    }

    private void PauseOne()
    {
        var node = Pick(chaos);
        paused.Add(node.Id);
        After(1 + chaos.Below(2 * options.PauseMs), () => paused.Remove(node.Id));
    }

    private void TransferSome()
    {
        var target = Pick(chaos).Id;
        foreach (var leader in Leaders())
            Act(leader, "transfer", target, n => n.Feed(core => core.TransferLeader(target)));
    }

    private SimNode[] Leaders() => [.. nodes.Values.Where(n => n.IsLeader && !paused.Contains(n.Id)).OrderBy(n => n.Id)];

    private void ChangeMembership()
    {
        var kind = (MembershipChangeKind)chaos.Below(5);
        var target = Pick(chaos).Id;
        if (kind == MembershipChangeKind.AddLearner && lastId < 14)
        {
            var joining = AddNode();
            joining.Start(seeds.Next());
            target = joining.Id;
        }

        foreach (var leader in Leaders())
        {
            // Promotion is what keeps a cluster alive under removals; so it is tried for every learner.
            foreach (var learner in leader.Core!.Membership.Members.Where(m => !m.IsVoter).Select(m => m.Id).ToArray())
                Act(leader, "promote", learner, n => n.Feed(c => c.ProposeChange(new(MembershipChangeKind.Promote, learner))));
            if (kind != MembershipChangeKind.Remove || leader.Core.Membership.VoterCount > 3)
                Act(leader, "change", target, n => n.Feed(c => c.ProposeChange(new(kind, target))));
        }
    }

    private void Write()
    {
        var node = clients.Below(5) == 0 ? Pick(clients) : Leaders().FirstOrDefault() ?? Pick(clients);
        var bytes = new byte[4 + clients.Below(40)];
        BitConverter.TryWriteBytes(bytes, clients.Below(int.MaxValue));
        if (!paused.Contains(node.Id))
            Act(node, "write", (ulong)bytes.Length, n => n.Feed(core => Propose(n, core, bytes)));
    }

    private void Propose(SimNode node, RaftCore core, byte[] bytes)
    {
        var result = core.Propose(bytes);
        if (result.Accepted)
            openWrites[(node.Id, result.Term, result.Index)] = true;
    }

    private void Read()
    {
        var node = Pick(clients);
        if (node.Core is null || paused.Contains(node.Id))
            return;
        var ticket = ++lastTicket;
        openReads[ticket] = acknowledged;
        Act(node, "read", ticket, n => n.Feed(core => core.ReadIndex(ticket)));
    }

    private void RequireRecovery()
    {
        calm = true;
        cut = static (_, _) => false;
        paused.Clear();
        foreach (var node in nodes.Values)
            Restart(node);
        var timeout = 2 * options.TickMs * options.Raft.ElectionTicks;
        var underWay = 2 * Math.Max(options.DiskStallMs, options.LongDelayMs); // Stalled writes and late messages still end.
        RunUntil(Deadline(underWay + (4 * timeout), static () => false));
        var leader = Leaders().MaxBy(n => n.Core!.Term);
        Checker.Require(leader is { Core.IsReady: true }, "liveness: no leader after everything was healed");
        var before = AcknowledgedWrites;
        Act(leader!, "write", 0, n => n.Feed(core => Propose(n, core, [1, 2, 3])));
        RunUntil(Deadline(2 * timeout, () => AcknowledgedWrites > before && ReplicasEqual(leader!)));
        Checker.Require(AcknowledgedWrites > before, "liveness: a write after healing is not committed");
        Checker.Require(ReplicasEqual(leader!), "liveness: the replicas do not become equal after healing");
        RequireCalm(leader!, timeout);
    }

    private void RequireCalm(SimNode leader, int timeout)
    {
        var term = leader.Core!.Term;
        RunUntil(Deadline(10 * timeout, static () => false));
        Checker.Require(leader.IsLeader && leader.Core.Term == term, "liveness: an election without a cause");
    }

    private bool ReplicasEqual(SimNode leader) => leader.Core!.Membership.Members
        .Select(m => nodes[m.Id])
        .All(n => n.Applied == leader.Applied && n.Chain == leader.Chain);

    private Func<bool> Deadline(int ms, Func<bool> done)
    {
        var end = Now + ms;
        return () => Now >= end || done();
    }
}
