using Microsoft.Extensions.Logging;
using Orchestrator.Model;

namespace Orchestrator.Manager.Dispatching;

internal static partial class DispatcherLog
{
    [LoggerMessage(1501, LogLevel.Information, "Node {Node} registered, reached at {Address}")]
    public static partial void Registered(ILogger logger, NodeId node, string address);

    [LoggerMessage(1502, LogLevel.Warning, "Node {Node} is down: no heartbeat; its tasks are replaced elsewhere")]
    public static partial void Lost(ILogger logger, NodeId node);
}
