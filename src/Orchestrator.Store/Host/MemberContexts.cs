using Google.Protobuf;
using Orchestrator.Protocol.V1;
using Orchestrator.Raft;

namespace Orchestrator.Store.Host;

/// <summary>What the log stores about a member, and the member as the store's users see it.</summary>
internal static class MemberContexts
{
    public static ReadOnlyMemory<byte> Encode(string nodeId, string address) =>
        new RaftMemberContext { NodeId = nodeId, Address = address }.ToByteArray();

    public static LogMember ToLogMember(this Member member)
    {
        var context = RaftMemberContext.Parser.ParseFrom(member.Context.Span);
        return new(member.Id, context.NodeId, context.Address, member.IsVoter);
    }
}
