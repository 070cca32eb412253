using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Orchestrator.Daemon.Configuration;
using Orchestrator.Daemon.Startup;
using Orchestrator.Engine.Events;
using Orchestrator.Linux.Processes;

namespace Orchestrator.Daemon.Hosting;

/// <summary>Reads the configuration file again at SIGHUP. What cannot be read changes nothing.</summary>
internal sealed class ConfigurationReloader : IDisposable
{
    private const int Hangup = 1;

    private readonly DaemonArguments arguments;
    private readonly Action<DaemonOptions> use;
    private readonly EventLog events;
    private readonly string engineId;
    private readonly ILogger logger;
    private readonly Lock gate = new();
    private readonly PosixSignalRegistration registration;
    private LoadedConfiguration current;

    /// <param name="use">Takes up new settings, of which only those that <see cref="Setting.Reloads"/> differ.</param>
    public ConfigurationReloader(
        DaemonArguments arguments, LoadedConfiguration first, Action<DaemonOptions> use, EventLog events,
        string engineId, ILogger logger)
    {
        (this.arguments, current, this.use) = (arguments, first, use);
        (this.events, this.engineId, this.logger) = (events, engineId, logger);
        ThisProcess.TakeSignal(Hangup); // Under nohup it is ignored, and .NET would leave it so.
        registration = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
        {
            signal.Cancel = true; // Its usual meaning is death.
            Reload();
        });
    }

    /// <summary>As of the last reload that succeeded.</summary>
    public DaemonOptions Options
    {
        get
        {
            lock (gate)
                return current.Options;
        }
    }

    public void Dispose() => registration.Dispose();

    private void Reload()
    {
        lock (gate)
        {
            try
            {
                Take(ConfigurationReader.Load(arguments));
            }
            catch (StartupException e)
            {
                logger.ReloadFailed(e.Message);
            }
        }
    }

    private void Take(LoadedConfiguration next)
    {
        foreach (var setting in next.ChangedFrom(current).Where(setting => !setting.Reloads))
            logger.NeedsRestart(setting.Key);
        var options = Merge(current.Options, next.Options);
        use(options);
        current = next with { Options = options };
        var attributes = Attributes(options);
        events.Publish("daemon", "reload", engineId, attributes);
        logger.Reloaded(string.Join(", ", attributes.Where(one => one.Key != "name").Select(one => $"{one.Key}={one.Value}")));
    }

    private static DaemonOptions Merge(DaemonOptions running, DaemonOptions read) => running with
    {
        Debug = read.Debug,
        Labels = read.Labels,
        LiveRestore = read.LiveRestore,
        ShutdownTimeoutSeconds = read.ShutdownTimeoutSeconds,
        RegistryMirrors = read.RegistryMirrors,
        InsecureRegistries = read.InsecureRegistries,
        MaxConcurrentDownloads = read.MaxConcurrentDownloads,
        MaxConcurrentUploads = read.MaxConcurrentUploads,
        MaxDownloadAttempts = read.MaxDownloadAttempts,
        CollectsBuildCache = read.CollectsBuildCache,
        BuildCacheBytes = read.BuildCacheBytes,
    };

    /// <summary>What docker's event of it says.</summary>
    private static SortedDictionary<string, string> Attributes(DaemonOptions options) => new(StringComparer.Ordinal)
    {
        ["debug"] = options.Debug ? "true" : "false",
        ["insecure-registries"] = Json(options.InsecureRegistries),
        ["labels"] = Json(options.Labels),
        ["live-restore"] = options.LiveRestore ? "true" : "false",
        ["max-concurrent-downloads"] = $"{options.MaxConcurrentDownloads}",
        ["max-concurrent-uploads"] = $"{options.MaxConcurrentUploads}",
        ["max-download-attempts"] = $"{options.MaxDownloadAttempts}",
        ["name"] = Environment.MachineName,
        ["registry-mirrors"] = Json(options.RegistryMirrors),
        ["shutdown-timeout"] = $"{options.ShutdownTimeoutSeconds}",
    };

    private static string Json(IReadOnlyList<string> list) => JsonSerializer.Serialize(list);
}
