using Microsoft.Extensions.Logging;

namespace Orchestrator.Daemon.Hosting;

internal static partial class DaemonLog
{
    [LoggerMessage(1001, LogLevel.Information, "orchd {Version} listens on {Hosts}; data root {DataRoot}.")]
    public static partial void Started(this ILogger logger, string version, string hosts, string dataRoot);

    [LoggerMessage(1002, LogLevel.Information, "orchd stops; its containers run on.")]
    public static partial void Stopping(this ILogger logger);

    [LoggerMessage(1003, LogLevel.Warning, "{Setting}.")]
    public static partial void SettingWithoutEffect(this ILogger logger, string setting);

    [LoggerMessage(1004, LogLevel.Warning, "The API on {Host} is for whoever is on this host, without a password: "
        + "each of them has root's powers. Protect it with --tlsverify, or use a unix socket.")]
    public static partial void PlainTcp(this ILogger logger, string host);

    [LoggerMessage(1005, LogLevel.Information, "Reloaded configuration: {Settings}.")]
    public static partial void Reloaded(this ILogger logger, string settings);

    [LoggerMessage(1006, LogLevel.Error, "The configuration was not reloaded, and all stays as it was: {Fault}")]
    public static partial void ReloadFailed(this ILogger logger, string fault);

    [LoggerMessage(1007, LogLevel.Warning, "{Setting} changed in the file; it takes effect when orchd is started again.")]
    public static partial void NeedsRestart(this ILogger logger, string setting);

    [LoggerMessage(1008, LogLevel.Information, "orchd stops, and its {Count} containers with it.")]
    public static partial void StoppingAll(this ILogger logger, int count);

    [LoggerMessage(1009, LogLevel.Warning, "{Fault}.")]
    public static partial void RuntimeDoesNotFit(this ILogger logger, string fault);

    [LoggerMessage(1010, LogLevel.Warning, "{Place}: {Finding}; mended.")]
    public static partial void NetworkMended(this ILogger logger, string place, string finding);

    [LoggerMessage(1011, LogLevel.Error, "{Place}: {Finding}, and cannot be mended: {Fault}.")]
    public static partial void NetworkNotMended(this ILogger logger, string place, string finding, string fault);

    [LoggerMessage(1012, LogLevel.Warning, "{Count} more things of the network were mended.")]
    public static partial void NetworkMendedBesides(this ILogger logger, int count);
}
