using Microsoft.AspNetCore.Http;
using Orchestrator.Grpc.Server;

namespace Grpc.Core;

/// <summary>The way from a call to the HTTP request under it.</summary>
public static class ServerCallContextExtensions
{
    public static HttpContext GetHttpContext(this ServerCallContext serverCallContext) =>
        (serverCallContext as HttpServerCallContext)?.HttpContext
        ?? throw new InvalidOperationException("This call does not come over HTTP.");
}
