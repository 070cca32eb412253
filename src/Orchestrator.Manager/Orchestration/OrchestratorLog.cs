using Microsoft.Extensions.Logging;
using Orchestrator.Model;

namespace Orchestrator.Manager.Orchestration;

internal static partial class OrchestratorLog
{
    [LoggerMessage(1301, LogLevel.Debug, "Service {Service}: {Created} tasks made, {Changed} told otherwise")]
    public static partial void Planned(ILogger logger, string service, int created, int changed);

    [LoggerMessage(1302, LogLevel.Information, "Service {Service}: update {State}: {Message}")]
    public static partial void UpdateMoved(ILogger logger, string service, UpdateState state, string message);
}
