using Grpc.Core;
using Orchestrator.Model;
using Orchestrator.Protocol.Mapping;
using Orchestrator.Store;
using Orchestrator.Store.Tables;
using Orchestrator.Store.Transactions;

namespace Orchestrator.Manager.ControlApi;

/// <summary>Failures in the user's words.</summary>
internal static class UserErrors
{
    /// <summary>Null: not one that a user can mend.</summary>
    public static UserException? Of(Exception exception) => exception switch
    {
        UserException error => error,
        RpcException forwarded => forwarded.ToUser(),
        NotLeaderException => new(
            ErrorCode.NoQuorum,
            "The swarm does not have a leader. It's possible that too few managers are online.",
            "Make sure more than half of the managers are online."),
        LogBusyException busy => new(ErrorCode.Unavailable, busy.Message),
        ProposalUnknownException unknown => new(ErrorCode.Unavailable, unknown.Message),
        LogStoppedException stopped => new(ErrorCode.Unavailable, stopped.Message),
        ContentionException contention => new(ErrorCode.Unavailable, contention.Message),
        TooLargeException large => new(ErrorCode.InvalidArgument, large.Message),
        OutOfSequenceException => OutOfSequence(),
        NameConflictException name => NameTaken(name),
        _ => null,
    };

    public static UserException OutOfSequence() => new(
        ErrorCode.OutOfSequence, "update out of sequence",
        "It was changed meanwhile: read it again and repeat the change.");

    public static UserException Invalid(string what, string remedy = "") =>
        new(ErrorCode.InvalidArgument, what, remedy);

    private static UserException NameTaken(NameConflictException conflict)
    {
        var noun = conflict.Kind.ToString().ToLowerInvariant();
        return new(
            ErrorCode.NameTaken,
            conflict.Kind switch
            {
                ObjectKind.Network => $"network with name {conflict.Key} already exists",
                ObjectKind.Secret or ObjectKind.Config => $"{noun} {conflict.Key} already exists",
                _ => $"name conflicts with an existing object: {noun} {conflict.Key} already exists",
            },
            $"Choose another name, or remove that one: orch {noun} rm {conflict.Key}");
    }
}
