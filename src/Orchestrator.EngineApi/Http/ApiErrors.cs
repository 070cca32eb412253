using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Orchestrator.Build;
using Orchestrator.Build.Syntax;
using Orchestrator.Engine;
using Orchestrator.Images;
using Orchestrator.Model;
using Orchestrator.Network;

namespace Orchestrator.EngineApi.Http;

/// <summary>Turns exceptions into docker's <c>{"message": …}</c> with the status clients expect.</summary>
internal sealed class ApiErrors(RequestDelegate next, ILogger<ApiErrors> logger)
{
    public async Task InvokeAsync(HttpContext http)
    {
        try
        {
            await next(http);
            // As docker, for a path that is known by another method only.
            if (http.Response is { StatusCode: StatusCodes.Status405MethodNotAllowed, HasStarted: false })
                await NotHere.AnswerAsync(http);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The client is gone: nobody to tell.
        }
        catch (Exception e) when (!http.Response.HasStarted)
        {
            var status = StatusOf(e);
            if (status == StatusCodes.Status500InternalServerError
                && e is not (EngineException or ImageException or NetworkException or UserException))
                logger.RequestFailed(http.Request.Method, http.Request.Path, e);
            await AnswerAsync(http, status, e.Message);
        }
    }

    public static async Task AnswerAsync(HttpContext http, int status, string message)
    {
        http.Response.StatusCode = status;
        if (status != StatusCodes.Status304NotModified)
            await http.WriteJsonAsync(new Api.ErrorBody { Message = message }, Api.ApiJson.Wire.ErrorBody, status);
    }

    internal static int StatusOf(Exception cause) => cause switch
    {
        EngineException e => StatusOf(e.Error),
        ImageException e => e.Error switch
        {
            ImageError.Invalid => 400,
            ImageError.NotFound => 404,
            ImageError.Conflict => 409,
            _ => 500,
        },
        NetworkException e => e.Fault switch
        {
            NetworkFault.Invalid => 400,
            NetworkFault.NotFound => 404,
            NetworkFault.Conflict or NetworkFault.InUse => 409,
            NetworkFault.Forbidden => 403,
            _ => 500,
        },
        UserException e => StatusOf(e.Code),
        BadHttpRequestException e => e.StatusCode,
        FormatException or DockerfileException => 400,
        BuildException => 400,
        _ => 500,
    };

    /// <summary>As errors.proto says for each code.</summary>
    private static int StatusOf(ErrorCode code) => code switch
    {
        ErrorCode.InvalidArgument or ErrorCode.PortTaken or ErrorCode.InUse or ErrorCode.FailedPrecondition => 400,
        ErrorCode.PermissionDenied => 403,
        ErrorCode.NotFound => 404,
        ErrorCode.NameTaken => 409,
        ErrorCode.Unsupported => 501,
        ErrorCode.NoQuorum or ErrorCode.Unavailable => 503,
        ErrorCode.ResourceExhausted => 507,
        _ => 500,
    };

    private static int StatusOf(EngineError error) => error switch
    {
        EngineError.InvalidArgument or EngineError.CommandNotFound or EngineError.CommandNotExecutable => 400,
        EngineError.NotFound => 404,
        EngineError.Conflict => 409,
        EngineError.NotModified => 304,
        EngineError.NotImplemented => 501,
        _ => 500,
    };
}

internal static partial class ApiLog
{
    [LoggerMessage(4001, LogLevel.Error, "{Method} {Path} failed.")]
    public static partial void RequestFailed(this ILogger logger, string method, string path, Exception e);
}
