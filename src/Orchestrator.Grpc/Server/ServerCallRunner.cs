using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Logging;
using Orchestrator.Grpc.Wire;

namespace Orchestrator.Grpc.Server;

/// <summary>Runs one call from its headers to its status.</summary>
internal static class ServerCallRunner
{
    public static async Task RunAsync<TRequest, TResponse>(
        HttpContext http,
        Method<TRequest, TResponse> method,
        ServerTerms terms,
        ILogger log,
        Func<ServerCall<TRequest, TResponse>, Task> invoke)
        where TRequest : class
        where TResponse : class
    {
        if (!IsGrpc(http))
            return;
        LiftLimits(http, method.Type);

        using var context = new HttpServerCallContext(http, method.FullName, terms);
        try
        {
            var encoding = context.Begin();
            using var call = new ServerCall<TRequest, TResponse>(context, method, terms, encoding);
            await invoke(call);
        }
        catch (Exception e)
        {
            context.Fail(e, log);
        }

        context.End();
    }

    private static bool IsGrpc(HttpContext http)
    {
        var refusal = !WireNames.IsGrpc(http.Request.ContentType) ? StatusCodes.Status415UnsupportedMediaType
            : !HttpProtocol.IsHttp2(http.Request.Protocol) ? StatusCodes.Status426UpgradeRequired
            : 0;
        if (refusal == 0)
            return true;
        http.Response.StatusCode = refusal;
        return false;
    }

    /// <summary>Messages have their own size limit, and a stream may say nothing for hours.</summary>
    private static void LiftLimits(HttpContext http, MethodType type)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = null;
        if (type is MethodType.ClientStreaming or MethodType.DuplexStreaming
            && http.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
            rate.MinDataRate = null;
    }
}
