using Microsoft.Extensions.Logging;

namespace Orchestrator.Daemon.Hosting;

internal static partial class DaemonLog
{
    [LoggerMessage(1001, LogLevel.Information, "orchd {Version} listens on {Hosts}; data root {DataRoot}.")]
    public static partial void Started(this ILogger logger, string version, string hosts, string dataRoot);

    [LoggerMessage(1002, LogLevel.Information, "orchd stops; its containers run on.")]
    public static partial void Stopping(this ILogger logger);
}
