using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orchestrator.Daemon.Configuration;
using Orchestrator.Daemon.Metrics;
using Orchestrator.Daemon.Startup;
using Orchestrator.EngineApi;

namespace Orchestrator.Daemon.Hosting;

/// <summary>The HTTP server of the Docker Engine API, and of the metrics.</summary>
internal static class ApiServer
{
    /// <summary>Streams that are open are cut after so long; the containers behind them go on.</summary>
    private static readonly TimeSpan StopTime = TimeSpan.FromSeconds(2);

    public static WebApplication Build(DaemonOptions options, EngineApiContext context, ILoggerFactory logging)
    {
        foreach (var socket in ApiListeners.SocketsOf(options))
            ApiSocket.Clear(socket);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => ApiListeners.Configure(kestrel, options));
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton(logging);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = StopTime);

        var app = builder.Build();
        if (options.MetricsAddress is { } metrics)
            app.UsePrometheus(new PrometheusExporter(), System.Net.IPEndPoint.Parse(metrics).Port);
        app.UseEngineApi(context);
        app.UseRouting();
        app.MapEngineApi(context);
        return app;
    }

    /// <exception cref="StartupException">An address is taken or not ours.</exception>
    public static async Task StartAsync(WebApplication app, DaemonOptions options, CancellationToken cancellationToken)
    {
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            throw new StartupException(
                $"the API cannot listen on {string.Join(", ", options.Hosts)}: {e.Message.ReplaceLineEndings(" ")}; "
                + "give an address of this host with -H", e);
        }

        foreach (var socket in ApiListeners.SocketsOf(options))
            ApiSocket.Protect(socket, options);
    }
}
