using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orchestrator.Daemon.Clustering;
using Orchestrator.Daemon.Configuration;
using Orchestrator.Daemon.Hosting;
using Orchestrator.Daemon.Startup;
using Orchestrator.EngineApi;

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
            await RunAsync(ConfigurationReader.Read(arguments));
            return 0;
        }
        catch (StartupException e)
        {
            Console.Error.WriteLine($"orchd: {e.Message}");
            return 1;
        }
    }

    private static async Task RunAsync(DaemonOptions options)
    {
        StartupChecks.CheckPrivileges();
        StartupChecks.CheckKernel();
        using var dataRoot = DataRootLock.Take(options.DataRoot);
        StartupChecks.CheckOverlay(options.DataRoot);

        using var logging = DaemonLogging.Create(options);
        using var registries = new ClusterRegistry();
        await using var node = await OpenAsync(options, registries, logging);
        await using var cluster = ClusterPart.Open(options, node, registries, logging);
        cluster.Start();
        var context = new EngineApiContext { Engine = node.Engine, Facts = Facts(options), Cluster = cluster.Node };
        await using var api = ApiServer.Build(options, context, logging);
        await ApiServer.StartAsync(api, options, CancellationToken.None);
        using var pid = PidFile.Write(options.PidFile);

        var logger = logging.CreateLogger("Orchestrator.Daemon");
        logger.Started(BuildInfo.Version, string.Join(", ", options.Hosts), options.DataRoot);
        if (await Task.WhenAny(api.WaitForShutdownAsync(), cluster.Node.Broken) == cluster.Node.Broken)
            await FailAsync(cluster.Node.Broken);
        logger.Stopping();
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

    private static NodeFacts Facts(DaemonOptions options) => new()
    {
        Id = NodeIdentity.ReadOrMake(options.DataRoot),
        Name = Environment.MachineName,
        Version = BuildInfo.Version,
        Labels = options.Labels,
        Debug = options.Debug,
        RegistryMirrors = options.RegistryMirrors,
        InsecureRegistries = options.InsecureRegistries,
    };

    private static int Say(string text)
    {
        Console.Out.WriteLine(text);
        return 0;
    }
}
