using Microsoft.Extensions.Logging;

namespace Orchestrator.Manager.Roles;

internal static partial class RoleLog
{
    [LoggerMessage(1601, LogLevel.Information, "Taking raft member {Member} out: its node is to be a manager no more")]
    public static partial void Removing(ILogger logger, ulong member);

    [LoggerMessage(1602, LogLevel.Information, "This leader is to be demoted; handing leadership over first")]
    public static partial void HandingOver(ILogger logger);

    [LoggerMessage(1603, LogLevel.Warning, "A demotion has to wait: {Reason}")]
    public static partial void Refused(ILogger logger, string reason);
}
