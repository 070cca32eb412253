using Microsoft.Extensions.Logging;
using Orchestrator.Model;

namespace Orchestrator.Agent;

/// <summary>Event ids 3000-3099; the highest used is 3014.</summary>
internal static partial class AgentLog
{
    [LoggerMessage(3000, LogLevel.Error, "task {Task}: its loop broke off")]
    public static partial void RunnerFailed(this ILogger logger, string task, Exception exception);

    [LoggerMessage(3001, LogLevel.Information, "task {Task}: {State}: {Error}")]
    public static partial void TaskFailed(this ILogger logger, string task, TaskState state, string error);

    [LoggerMessage(3002, LogLevel.Warning, "task {Task}: its container could not be removed")]
    public static partial void RemoveFailed(this ILogger logger, string task, Exception exception);

    [LoggerMessage(3003, LogLevel.Information, "session with the manager at {Address} has begun")]
    public static partial void SessionBegan(this ILogger logger, string address);

    [LoggerMessage(3004, LogLevel.Information, "session with the manager at {Address} ended: {Reason}")]
    public static partial void SessionEnded(this ILogger logger, string address, string reason);

    [LoggerMessage(3005, LogLevel.Warning, "network: {Fault}")]
    public static partial void NetworkFault(this ILogger logger, string fault);

    [LoggerMessage(3013, LogLevel.Information, "network: no more: {Fault}")]
    public static partial void NetworkFaultGone(this ILogger logger, string fault);

    [LoggerMessage(3006, LogLevel.Error, "network: the cluster's networks could not be applied; another try follows")]
    public static partial void NetworkFailed(this ILogger logger, Exception exception);

    [LoggerMessage(3014, LogLevel.Information, "network: the cluster's networks could be applied again")]
    public static partial void NetworkApplied(this ILogger logger);

    [LoggerMessage(3007, LogLevel.Warning, "logs for subscription {Subscription} broke off")]
    public static partial void LogsFailed(this ILogger logger, string subscription, Exception exception);

    [LoggerMessage(3009, LogLevel.Information, "this node is reached at {Address} now")]
    public static partial void UnderlayMoved(this ILogger logger, string address);

    [LoggerMessage(3008, LogLevel.Warning, "what this node must know after a restart could not be written")]
    public static partial void NotSaved(this ILogger logger, Exception exception);

    [LoggerMessage(3010, LogLevel.Warning, "network: it could not be looked over")]
    public static partial void DiagnosisFailed(this ILogger logger, Exception exception);

    [LoggerMessage(3011, LogLevel.Warning, "this node's address and links could not be looked at; another try follows")]
    public static partial void UnderlayUnseen(this ILogger logger, Exception exception);

    [LoggerMessage(3012, LogLevel.Error, "what is assigned could not be made so; another try follows")]
    public static partial void ReconcileFailed(this ILogger logger, Exception exception);
}
