using Microsoft.Extensions.Logging;
using Orchestrator.Model;

namespace Orchestrator.Daemon.Clustering;

/// <summary>Event ids 5000-5099; the highest used is 5007.</summary>
internal static partial class ClusterLog
{
    [LoggerMessage(5000, LogLevel.Information, "this node is a manager, reachable at {Address}")]
    public static partial void ManagerStarted(this ILogger logger, string address);

    [LoggerMessage(5001, LogLevel.Information, "this node is no longer a manager")]
    public static partial void ManagerStopped(this ILogger logger);

    [LoggerMessage(5002, LogLevel.Warning, "cannot take up the role {Role} yet; another try follows")]
    public static partial void RoleFailed(this ILogger logger, NodeRole role, Exception exception);

    [LoggerMessage(5004, LogLevel.Information,
        "the registry's names are in the cluster's store now: {Repositories} repositories, {Tags} tags")]
    public static partial void NamesMoved(this ILogger logger, int repositories, int tags);

    [LoggerMessage(5005, LogLevel.Warning, "the registry's names cannot be moved into the cluster's store yet: {Error}")]
    public static partial void NamesNotMoved(this ILogger logger, string error);

    [LoggerMessage(5006, LogLevel.Warning, "the registry could not tidy up or catch up, and will try again: {Error}")]
    public static partial void RegistryStumbled(this ILogger logger, string error);

    [LoggerMessage(5003, LogLevel.Error, "the cluster membership on disk is unusable: {Error}")]
    public static partial void MembershipDamaged(this ILogger logger, string error);

    [LoggerMessage(5007, LogLevel.Warning,
        "this node gives no image layers to others, for it cannot listen on port {Port}: {Reason}")]
    public static partial void CannotGive(this ILogger logger, int port, string reason);
}
