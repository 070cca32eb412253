using Microsoft.AspNetCore.Http;
using Orchestrator.Engine;

namespace Orchestrator.EngineApi.Http;

/// <summary>Takes <c>/v1.44</c> off the path. Without it a request is of our own version.</summary>
internal sealed class ApiVersionPrefix(RequestDelegate next)
{
    public const string ItemKey = "orchestrator.api-version";

    public static readonly Version Newest = Version.Parse(Api.ApiJson.ApiVersion);

    private static readonly Version Oldest = Version.Parse(Api.ApiJson.MinApiVersion);

    public Task InvokeAsync(HttpContext http)
    {
        if (TrySplit(http.Request.Path.Value ?? "", out var version, out var rest))
        {
            Check(version);
            http.Items[ItemKey] = version;
            http.Request.Path = rest;
        }

        return next(http);
    }

    internal static bool TrySplit(string path, out Version version, out string rest)
    {
        (version, rest) = (Newest, path);
        if (!path.StartsWith("/v", StringComparison.Ordinal) || path.Length < 3 || !char.IsAsciiDigit(path[2]))
            return false;
        var slash = path.IndexOf('/', 2);
        var text = slash < 0 ? path[2..] : path[2..slash];
        if (!Version.TryParse(text, out var parsed))
            return false;
        (version, rest) = (parsed, slash < 0 ? "/" : path[slash..]);
        return true;
    }

    private static void Check(Version version)
    {
        if (version < Oldest)
            throw EngineException.Invalid(
                $"client version {version} is too old. Minimum supported API version is {Oldest}, " +
                "please upgrade your client to a newer version");
        if (version > Newest)
            throw EngineException.Invalid(
                $"client version {version} is too new. Maximum supported API version is {Newest}");
    }
}
