using Microsoft.Extensions.Logging;

namespace Orchestrator.Manager.Loops;

internal static partial class LoopLog
{
    [LoggerMessage(1001, LogLevel.Warning, "{Loop}: the pass failed and will be repeated")]
    public static partial void PassFailed(ILogger logger, string loop, Exception exception);
}
