using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Orchestrator.Daemon.Configuration;

namespace Orchestrator.Daemon.Hosting;

/// <summary>The daemon's own log: lines on standard error, for the journal or a file.</summary>
internal static class DaemonLogging
{
    public static ILoggerFactory Create(DaemonOptions options) => LoggerFactory.Create(logging =>
    {
        logging.SetMinimumLevel(LevelOf(options));
        // The web server's own lines say nothing an operator acts on.
        logging.AddFilter("Microsoft", options.Debug ? LogLevel.Information : LogLevel.Warning);
        logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.ColorBehavior = LoggerColorBehavior.Disabled;
            console.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ";
            console.UseUtcTimestamp = true;
        });
        logging.Services.Configure<ConsoleLoggerOptions>(
            console => console.LogToStandardErrorThreshold = LogLevel.Trace);
    });

    private static LogLevel LevelOf(DaemonOptions options) => options.Debug ? LogLevel.Debug : options.LogLevel switch
    {
        "debug" => LogLevel.Debug,
        "warn" => LogLevel.Warning,
        "error" => LogLevel.Error,
        _ => LogLevel.Information,
    };
}
