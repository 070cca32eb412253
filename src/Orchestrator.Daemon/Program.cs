using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orchestrator.Daemon.Clustering;
using Orchestrator.Daemon.Configuration;
using Orchestrator.Daemon.Hosting;
using Orchestrator.Daemon.Startup;
using Orchestrator.EngineApi;
using Orchestrator.Linux.Processes;

return await Daemon.RunAsync(args);

/// <summary>orchd from start to stop, in the order in which things depend on one another.</summary>
internal static class Daemon
{
    public static async Task<int> RunAsync(string[] args)
    {
        try
        {
            var arguments = DaemonArguments.Parse(args);
            if (arguments.Help || arguments.Version)
                return Say(arguments.Help ? Usage.Text : $"orchd version {BuildInfo.Version}");
            var configuration = ConfigurationReader.Load(arguments);
            if (arguments.Validate)
                return Validate(configuration.Options);
            await RunAsync(arguments, configuration);
            return 0;
        }
        catch (StartupException e)
        {
            Console.Error.WriteLine($"orchd: {e.Message}");
            return 1;
        }
    }

    private static async Task RunAsync(DaemonArguments arguments, LoadedConfiguration configuration)
    {
        var options = configuration.Options;
        var manager = ServiceManager.OfEnvironment();
        ApiListeners.Check(options);
        ApiListeners.CheckPassed(options);
        StartupChecks.CheckPrivileges();
        StartupChecks.CheckKernel();
        using var dataRoot = DataRootLock.Take(options.DataRoot);
        StartupChecks.CheckOverlay(options.DataRoot);

        using var logging = DaemonLogging.Create(options);
        var logger = logging.Loggers.CreateLogger("Orchestrator.Daemon");
        Warn(options, logger);
        RegistryProxies.Use(options.Proxies);
        using var registries = new ClusterRegistry();
        await using var node = await OpenAsync(options, registries, logging.Loggers);
        await using var cluster = ClusterPart.Open(options, node, registries, logging.Loggers);
        await StartAsync(cluster);
        var context = new EngineApiContext
        {
            Engine = node.Engine, Builder = node.Builder, Facts = DaemonFacts.Of(options), Cluster = cluster.Node,
            RegistryAccounts = new RegistryUsers(() => cluster.Registry?.Accounts),
        };
        await using var api = ApiServer.Build(options, context, logging.Loggers);
        using var reloader = new ConfigurationReloader(
            arguments, configuration, Use, node.Engine.Events, context.Facts.Id, logger);
        using var pid = PidFile.Write(options.PidFile); // Before anyone is answered, who might look for it.
        await ApiServer.StartAsync(api, options, CancellationToken.None);

        using var stopping = new CancellationTokenSource();
        var tidying = new IdleMemory(TimeProvider.System).RunAsync(stopping.Token);
        manager.Ready();
        logger.Started(BuildInfo.Version, string.Join(", ", options.Hosts), options.DataRoot);
        if (await Task.WhenAny(api.WaitForShutdownAsync(), cluster.Node.Broken) == cluster.Node.Broken)
            await FailAsync(cluster.Node.Broken);
        await stopping.CancelAsync();
        await tidying.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        manager.Stopping();
        await StopAsync(node, reloader.Options, logger);

        void Use(DaemonOptions changed)
        {
            logging.Use(changed);
            node.Use(changed);
            cluster.Use(changed);
            context.Facts = DaemonFacts.Of(changed);
        }
    }

    private static int Validate(DaemonOptions options)
    {
        ApiListeners.Check(options);
        EngineSettings.Of(options, runtimePath: null);
        foreach (var warning in options.Warnings)
            Console.Error.WriteLine($"orchd: {warning}");
        return Say("configuration OK");
    }

    private static void Warn(DaemonOptions options, ILogger logger)
    {
        foreach (var warning in options.Warnings)
            logger.SettingWithoutEffect(warning);
        foreach (var end in ApiListeners.PlainOf(options))
            logger.PlainTcp($"tcp://{end}");
    }

    private static async Task StopAsync(NodeServices node, DaemonOptions options, ILogger logger)
    {
        if (options.LiveRestore)
        {
            logger.Stopping();
            return;
        }

        logger.StoppingAll(node.Engine.List().Count(record => record.State.IsUp));
        await node.Engine.StopAllAsync(TimeSpan.FromSeconds(options.ShutdownTimeoutSeconds), CancellationToken.None);
    }

    /// <summary>A fault that only a new process can mend; the supervisor starts one, and containers never notice.</summary>
    private static async Task FailAsync(Task broken)
    {
        try
        {
            await broken;
        }
        catch (Exception e)
        {
            throw new StartupException($"the cluster membership broke off: {e.Message.ReplaceLineEndings(" ")}", e);
        }
    }

    private static async Task StartAsync(ClusterPart cluster)
    {
        try
        {
            await cluster.StartAsync(CancellationToken.None);
        }
        catch (Orchestrator.Model.UserException e)
        {
            throw new StartupException(e.Message.ReplaceLineEndings(" "), e);
        }
    }

    private static async Task<NodeServices> OpenAsync(
        DaemonOptions options, ClusterRegistry registries, ILoggerFactory logging)
    {
        try
        {
            return await NodeServices.OpenAsync(options, registries, logging, CancellationToken.None);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or Orchestrator.Network.NetworkException
            or Orchestrator.Images.ImageException)
        {
            throw new StartupException(e.Message.ReplaceLineEndings(" "), e);
        }
    }

    private static int Say(string text)
    {
        Console.Out.WriteLine(text);
        return 0;
    }
}
