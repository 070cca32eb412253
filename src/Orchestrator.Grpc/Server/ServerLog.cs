using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace Orchestrator.Grpc.Server;

internal static partial class ServerLog
{
    [LoggerMessage(1, LogLevel.Debug, "{Method} ended as {Status}: {Detail}")]
    public static partial void CallFailed(ILogger log, string method, StatusCode status, string detail);

    [LoggerMessage(2, LogLevel.Error, "{Method} failed: its handler threw what it should have turned into a status")]
    public static partial void HandlerThrew(ILogger log, string method, Exception exception);
}
