using Google.Protobuf;
using Grpc.Core;

namespace Orchestrator.Protocol.Mapping;

/// <summary>
/// How a <see cref="M.UserException"/> crosses the wire: its words in a binary trailer beside the RPC status.
/// </summary>
public static class Errors
{
    private const string Trailer = "orch-error-bin";

    public static RpcException ToRpc(this M.UserException exception)
    {
        var detail = new P.ErrorDetail
        {
            Code = (P.ErrorCode)exception.Code,
            What = exception.What,
            Remedy = exception.Remedy,
        };
        return new RpcException(
            new Status(StatusOf(exception.Code), exception.Message),
            new Metadata { { Trailer, detail.ToByteArray() } });
    }

    /// <summary>It says no to what was asked, and would again: not that somebody did not answer.</summary>
    public static bool IsRefusal(this RpcException exception) => exception.Trailers?.GetValueBytes(Trailer) is not null;

    /// <summary>The user's exception that the other side threw, or one made from a bare RPC status.</summary>
    public static M.UserException ToUser(this RpcException exception)
    {
        if (exception.Trailers?.GetValueBytes(Trailer) is { } bytes)
        {
            var detail = P.ErrorDetail.Parser.ParseFrom(bytes);
            return new((M.ErrorCode)detail.Code, detail.What, detail.Remedy, exception);
        }

        return new(CodeOf(exception.StatusCode), exception.Status.Detail, "", exception);
    }

    public static StatusCode StatusOf(M.ErrorCode code) => code switch
    {
        M.ErrorCode.InvalidArgument or M.ErrorCode.PortTaken => StatusCode.InvalidArgument,
        M.ErrorCode.NotFound => StatusCode.NotFound,
        M.ErrorCode.NameTaken => StatusCode.AlreadyExists,
        M.ErrorCode.OutOfSequence => StatusCode.Aborted,
        M.ErrorCode.InUse or M.ErrorCode.FailedPrecondition => StatusCode.FailedPrecondition,
        M.ErrorCode.PermissionDenied => StatusCode.PermissionDenied,
        M.ErrorCode.NoQuorum or M.ErrorCode.Unavailable => StatusCode.Unavailable,
        M.ErrorCode.Unsupported => StatusCode.Unimplemented,
        M.ErrorCode.ResourceExhausted => StatusCode.ResourceExhausted,
        M.ErrorCode.Internal => StatusCode.Internal,
        _ => StatusCode.Unknown,
    };

    private static M.ErrorCode CodeOf(StatusCode status) => status switch
    {
        StatusCode.InvalidArgument => M.ErrorCode.InvalidArgument,
        StatusCode.NotFound => M.ErrorCode.NotFound,
        StatusCode.AlreadyExists => M.ErrorCode.NameTaken,
        StatusCode.Aborted => M.ErrorCode.OutOfSequence,
        StatusCode.FailedPrecondition => M.ErrorCode.FailedPrecondition,
        StatusCode.PermissionDenied or StatusCode.Unauthenticated => M.ErrorCode.PermissionDenied,
        StatusCode.Unavailable or StatusCode.DeadlineExceeded => M.ErrorCode.Unavailable,
        StatusCode.Unimplemented => M.ErrorCode.Unsupported,
        StatusCode.ResourceExhausted => M.ErrorCode.ResourceExhausted,
        StatusCode.Internal => M.ErrorCode.Internal,
        _ => M.ErrorCode.Unknown,
    };
}
