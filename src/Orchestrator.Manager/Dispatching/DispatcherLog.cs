using Microsoft.Extensions.Logging;
using Orchestrator.Model;

namespace Orchestrator.Manager.Dispatching;

internal static partial class DispatcherLog
{
    [LoggerMessage(1501, LogLevel.Information, "Node {Node} registered, reached at {Address}")]
    public static partial void Registered(ILogger logger, NodeId node, string address);

    [LoggerMessage(1502, LogLevel.Warning, "Node {Node} is down: no heartbeat; its tasks are replaced elsewhere")]
    public static partial void Lost(ILogger logger, NodeId node);

    [LoggerMessage(1503, LogLevel.Warning, "This manager stood still for {Late}: no node is down for having been silent meanwhile")]
    public static partial void StoodStill(ILogger logger, TimeSpan late);

    [LoggerMessage(1504, LogLevel.Warning, "Node {Node} is ready again: it was down, and its heartbeats come")]
    public static partial void Found(ILogger logger, NodeId node);
}
