using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Orchestrator.Daemon.Configuration;

namespace Orchestrator.Daemon.Hosting;

/// <summary>The daemon's own log: lines on standard error, for the journal or a file.</summary>
internal sealed class DaemonLogging : IDisposable
{
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ";

    private volatile Levels levels;

    private DaemonLogging(DaemonOptions options)
    {
        levels = Levels.Of(options);
        Loggers = LoggerFactory.Create(logging => Configure(logging, options));
    }

    public ILoggerFactory Loggers { get; }

    public static DaemonLogging Create(DaemonOptions options) => new(options);

    /// <summary>From now on lines are chosen by this level.</summary>
    public void Use(DaemonOptions options) => levels = Levels.Of(options);

    public void Dispose() => Loggers.Dispose();

    private void Configure(ILoggingBuilder logging, DaemonOptions options)
    {
        logging.SetMinimumLevel(LogLevel.Trace);
        logging.AddFilter((category, level) => level >= (
            category?.StartsWith("Microsoft", StringComparison.Ordinal) == true ? levels.OfServer : levels.Own));
        if (options.LogFormat == "json")
            logging.AddJsonConsole(console => (console.TimestampFormat, console.UseUtcTimestamp) = (TimeFormat.Trim(), true));
        else
            logging.AddSimpleConsole(console =>
            {
                console.SingleLine = true;
                console.ColorBehavior = LoggerColorBehavior.Disabled;
                console.TimestampFormat = TimeFormat;
                console.UseUtcTimestamp = true;
            });
        logging.Services.Configure<ConsoleLoggerOptions>(
            console => console.LogToStandardErrorThreshold = LogLevel.Trace);
    }

    /// <param name="OfServer">The web server's own lines say nothing an operator acts on.</param>
    private sealed record Levels(LogLevel Own, LogLevel OfServer)
    {
        public static Levels Of(DaemonOptions options) => options.Debug || options.LogLevel == "debug"
            ? new(LogLevel.Debug, LogLevel.Information)
            : options.LogLevel switch
            {
                "warn" => new(LogLevel.Warning, LogLevel.Warning),
                "error" => new(LogLevel.Error, LogLevel.Error),
                "fatal" => new(LogLevel.Critical, LogLevel.Critical),
                _ => new(LogLevel.Information, LogLevel.Warning),
            };
    }
}
