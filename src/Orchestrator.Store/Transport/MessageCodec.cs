using Google.Protobuf;
using Orchestrator.Protocol.V1;
using Orchestrator.Raft;

namespace Orchestrator.Store.Transport;

/// <summary>
/// Messages of the core as messages of the wire. Entry bytes are shared, not copied: both sides are immutable.
/// </summary>
internal static class MessageCodec
{
    public static RaftDelivery ToWire(this Message message)
    {
        var wire = new RaftMessage
        {
            Kind = (uint)message.Kind,
            From = message.From,
            To = message.To,
            Term = message.Term,
            Index = message.Index,
            LogTerm = message.LogTerm,
            Commit = message.Commit,
            Reject = message.Reject,
            Transfer = message.Transfer,
            HintIndex = message.HintIndex,
            HintTerm = message.HintTerm,
            ReadSeq = message.ReadSeq,
        };
        foreach (var entry in message.Entries)
        {
            wire.Entries.Add(new RaftEntry
            {
                Term = entry.Term, Kind = (uint)entry.Kind, Data = UnsafeByteOperations.UnsafeWrap(entry.Data),
            });
        }

        return new RaftDelivery { Message = wire };
    }

    public static Message FromWire(RaftMessage wire) => new()
    {
        Kind = (MessageKind)wire.Kind,
        From = wire.From,
        To = wire.To,
        Term = wire.Term,
        Index = wire.Index,
        LogTerm = wire.LogTerm,
        Commit = wire.Commit,
        Reject = wire.Reject,
        Transfer = wire.Transfer,
        HintIndex = wire.HintIndex,
        HintTerm = wire.HintTerm,
        ReadSeq = wire.ReadSeq,
        Entries = [.. wire.Entries.Select(
            (e, i) => new Entry(e.Term, wire.Index + 1 + (ulong)i, (EntryKind)e.Kind, e.Data.Memory))],
    };
}
