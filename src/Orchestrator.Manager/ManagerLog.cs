using Microsoft.Extensions.Logging;

namespace Orchestrator.Manager;

internal static partial class ManagerLog
{
    [LoggerMessage(1000, LogLevel.Information, "This manager leads the swarm (term {Term})")]
    public static partial void Leading(ILogger logger, ulong term);

    [LoggerMessage(1002, LogLevel.Error, "A loop of the manager failed; all begin again")]
    public static partial void LoopFailed(ILogger logger, Exception exception);
}
