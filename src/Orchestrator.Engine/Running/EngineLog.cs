using Microsoft.Extensions.Logging;

namespace Orchestrator.Engine.Running;

internal static partial class EngineLog
{
    [LoggerMessage(
        3001, LogLevel.Error, "Container {Id}: its end could not be dealt with; inspect it, then remove it by force.")]
    public static partial void EndNotHandled(this ILogger logger, string id, Exception e);

    [LoggerMessage(3002, LogLevel.Warning, "Container {Id}: restart by policy failed: {Reason}")]
    public static partial void RestartFailed(this ILogger logger, string id, string reason);

    [LoggerMessage(3003, LogLevel.Error, "Container {Id}: its state could not be written to disk.")]
    public static partial void NotSaved(this ILogger logger, string id, Exception e);

    [LoggerMessage(3004, LogLevel.Warning, "Container {Id}: {What} could not be cleaned up: {Reason}")]
    public static partial void NotReleased(this ILogger logger, string id, string what, string reason);

    [LoggerMessage(
        3005, LogLevel.Information,
        "{Adopted} running containers taken over, {Ended} found ended, {Swept} half-made ones removed.")]
    public static partial void Recovered(this ILogger logger, int adopted, int ended, int swept);

    [LoggerMessage(3006, LogLevel.Error, "Container {Id}: its record cannot be read and is left alone: {Reason}")]
    public static partial void Unreadable(this ILogger logger, string id, string reason);

    [LoggerMessage(
        3007, LogLevel.Warning,
        "Default ulimit {Name}: {Wanted} is more than this daemon may give; containers get {Most}.")]
    public static partial void UlimitClamped(this ILogger logger, string name, ulong wanted, ulong most);
}
