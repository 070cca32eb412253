using Microsoft.Extensions.Logging;

namespace Orchestrator.Manager.Reaping;

internal static partial class ReaperLog
{
    [LoggerMessage(1401, LogLevel.Debug, "Forgetting {Forgotten} tasks; {Orphaned} have lost their node for good")]
    public static partial void Reaped(ILogger logger, int forgotten, int orphaned);
}
