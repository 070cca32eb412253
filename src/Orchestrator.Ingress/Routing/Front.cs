using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Model;
using Orchestrator.Network.Proxying;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.LoadBalancing;
using Yarp.ReverseProxy.Transforms;

namespace Orchestrator.Ingress.Routing;

/// <summary>One port that HTTP is spoken on: Kestrel before, YARP behind.</summary>
internal sealed class Front : IAsyncDisposable
{
    private static readonly UriCreationOptions AsWritten = new() { DangerousDisablePathAndQueryCanonicalization = true };

    private readonly WebApplication application;
    private readonly InMemoryConfigProvider table;
    private readonly bool isTls;

    private Front(int port, Certificates? certificates, int httpsPort)
    {
        isTls = certificates is not null;
        table = new InMemoryConfigProvider([], []);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = "/" });
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration()
            .ConfigureKestrel(kestrel => Configure(kestrel, port, certificates));
        builder.Services.AddRouting().AddSingleton<IProxyConfigProvider>(table)
            .AddSingleton<ILoadBalancingPolicy, ClientAffinity>()
            .AddSingleton<IForwarderHttpClientFactory, TaskClients>();
        builder.Services.AddReverseProxy().AddTransforms(context =>
        {
            context.AddOriginalHost();
            context.AddXForwarded(ForwardedTransformActions.Set); // What a client says of whom it speaks for, nobody believes.
            context.AddRequestTransform(AddForwarded); // YARP's own would take the others away.
            context.AddRequestTransform(KeepPath);
        });
        application = builder.Build();
        application.Use(static (context, next) =>
        {
            ClientRequest.Prepare(context);
            return next(context);
        });
        application.UseRouting();
        application.MapReverseProxy(pipeline =>
        {
            pipeline.Use((context, next) => Redirects(context, httpsPort) ? Task.CompletedTask : next(context));
            ConnectAnew.Use(pipeline);
            pipeline.UseLoadBalancing();
        });
    }

    /// <exception cref="IOException">The port is somebody else's.</exception>
    public static async Task<Front> StartAsync(int port, Certificates? certificates, int httpsPort)
    {
        var front = new Front(port, certificates, httpsPort);
        try
        {
            await front.application.StartAsync();
            return front;
        }
        catch
        {
            await front.application.DisposeAsync();
            throw;
        }
    }

    /// <summary>Requests that are on their way go on as they began.</summary>
    public void Apply(ProxyState state)
    {
        var (routes, clusters) = RouteTable.Of(state.Routes, isTls);
        table.Update(routes, clusters);
    }

    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        await application.StopAsync(patience.Token);
        await application.DisposeAsync();
    }

    private static ValueTask AddForwarded(RequestTransformContext context)
    {
        var (request, connection) = (context.HttpContext.Request, context.HttpContext.Connection);
        context.ProxyRequest.Headers.Remove(ForwardedHeader.Name);
        context.ProxyRequest.Headers.TryAddWithoutValidation(
            ForwardedHeader.Name,
            ForwardedHeader.Write(connection.RemoteIpAddress, request.Host.ToString(), request.Scheme));
        return ValueTask.CompletedTask;
    }

    /// <summary>YARP encodes what Kestrel decoded, which makes another path of one with an encoded slash.</summary>
    private static ValueTask KeepPath(RequestTransformContext context)
    {
        context.ProxyRequest.RequestUri = new Uri(
            context.DestinationPrefix.TrimEnd('/') + ClientRequest.PathAndQuery(context.HttpContext), AsWritten);
        return ValueTask.CompletedTask;
    }

    private static void Configure(KestrelServerOptions kestrel, int port, Certificates? certificates)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = null; // What is too large, or too slow, the task says.
        kestrel.Limits.MinRequestBodyDataRate = null;
        kestrel.Limits.MinResponseDataRate = null;
        kestrel.ListenAnyIP(port, listen =>
        {
            listen.Protocols = certificates is null ? HttpProtocols.Http1 : HttpProtocols.Http1AndHttp2;
            if (certificates is not null)
                listen.UseHttps(new TlsHandshakeCallbackOptions
                {
                    OnConnection = context => ValueTask.FromResult(certificates.For(context.ClientHelloInfo.ServerName)),
                });
        });
    }

    /// <summary>To the same on the port with TLS, for good, and with the method it came by.</summary>
    private static bool Redirects(HttpContext context, int httpsPort)
    {
        if (context.GetReverseProxyFeature().Route.Config.Metadata?.ContainsKey(RouteTable.Redirects) != true)
            return false;
        var request = context.Request;
        var host = httpsPort == HttpRoute.HttpsPort ? request.Host.Host : $"{request.Host.Host}:{httpsPort}";
        context.Response.Redirect(
            $"https://{host}{ClientRequest.PathAndQuery(context)}", permanent: true, preserveMethod: true);
        return true;
    }
}
