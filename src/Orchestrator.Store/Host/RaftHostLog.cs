using Microsoft.Extensions.Logging;

namespace Orchestrator.Store.Host;

internal static partial class RaftHostLog
{
    [LoggerMessage(3001, LogLevel.Information, "raft: {Role} in term {Term}, leader {Leader}")]
    public static partial void Leadership(ILogger logger, LogRole role, ulong term, string leader);

    [LoggerMessage(3002, LogLevel.Information, "raft: members are now {Members}")]
    public static partial void Members(ILogger logger, string members);

    [LoggerMessage(3003, LogLevel.Information, "raft: snapshot at entry {Index} written")]
    public static partial void SnapshotWritten(ILogger logger, ulong index);

    [LoggerMessage(3004, LogLevel.Information, "raft: state replaced by the leader's snapshot at entry {Index}")]
    public static partial void SnapshotInstalled(ILogger logger, ulong index);

    [LoggerMessage(3005, LogLevel.Warning, "raft: {Damage}; using an older snapshot")]
    public static partial void SnapshotSkipped(ILogger logger, string damage);

    [LoggerMessage(
        3006, LogLevel.Warning, "raft: fetching the leader's snapshot failed, it will offer it again: {Reason}")]
    public static partial void FetchFailed(ILogger logger, string reason);

    [LoggerMessage(3007, LogLevel.Critical, "raft: this manager stops, it cannot go on safely: {Reason}")]
    public static partial void Stopped(ILogger logger, string reason, Exception exception);

    [LoggerMessage(3008, LogLevel.Warning, "raft: a snapshot could not be written, the log keeps growing: {Reason}")]
    public static partial void SnapshotFailed(ILogger logger, string reason);
}
