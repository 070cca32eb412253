using Microsoft.Extensions.Logging;

namespace Orchestrator.Manager.Scheduling;

internal static partial class SchedulerLog
{
    [LoggerMessage(1101, LogLevel.Debug, "No node fits {Tasks} tasks; each says why in its status")]
    public static partial void Unplaced(ILogger logger, int tasks);
}
