using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Orchestrator.Engine;

namespace Orchestrator.EngineApi.Http;

/// <summary>Reading requests and writing answers the way docker does.</summary>
public static class ApiHttp
{
    /// <exception cref="EngineException">There is none, or it is not JSON of that shape.</exception>
    public static async Task<T> ReadJsonAsync<T>(this HttpContext http, JsonTypeInfo<T> type)
        where T : class =>
        await http.TryReadJsonAsync(type) ?? throw EngineException.Invalid("got EOF while reading request body");

    /// <summary>As <see cref="ReadJsonAsync"/>, for bodies that may be left out.</summary>
    public static async Task<T?> TryReadJsonAsync<T>(this HttpContext http, JsonTypeInfo<T> type)
        where T : class
    {
        var body = await JsonBody.ReadAsync(http);
        return body.IsEmpty ? null : JsonBody.Parse(body.Span, type);
    }

    public static async Task WriteJsonAsync<T>(
        this HttpContext http, T body, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(body, GoOrder.Of(type));
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json";
        http.Response.ContentLength = bytes.Length;
        await http.Response.Body.WriteAsync(bytes, http.RequestAborted);
    }

    /// <summary>One object of a stream of them, sent at once.</summary>
    /// <remarks>With its end of line in one piece: docker-py takes a chunk that is only the end of a line for the
    /// beginning of an object.</remarks>
    public static async Task WriteLineAsync<T>(this HttpContext http, T body, JsonTypeInfo<T> type)
    {
        byte[] line = [.. JsonSerializer.SerializeToUtf8Bytes(body, GoOrder.Of(type)), (byte)'\n'];
        await http.Response.Body.WriteAsync(line, http.RequestAborted);
        await http.Response.Body.FlushAsync(http.RequestAborted);
    }

    /// <summary>Archives are as large as they are, and may come slowly.</summary>
    public static void TakeAnySize(this HttpContext http)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = null;
        if (http.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
            rate.MinDataRate = null;
    }

    public static void NoContent(this HttpContext http) => http.Response.StatusCode = StatusCodes.Status204NoContent;

    public static string Route(this HttpContext http, string name) => http.Request.RouteValues[name] as string ?? "";

    public static string Query(this HttpContext http, string name) => http.Request.Query[name].ToString();

    /// <summary>docker's reading: absent, empty, <c>0</c>, <c>no</c>, <c>false</c> and <c>none</c> are false.</summary>
    public static bool Flag(this HttpContext http, string name, bool otherwise = false) =>
        http.Request.Query.TryGetValue(name, out var value)
            ? value.ToString().Trim().ToLowerInvariant() is not ("" or "0" or "no" or "false" or "none")
            : otherwise;

    public static int? Number(this HttpContext http, string name)
    {
        var text = http.Query(name);
        if (text.Length == 0)
            return null;
        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw EngineException.Invalid($"invalid {name}: \"{text}\" is not a number");
    }

    public static Api.Filters Filters(this HttpContext http)
    {
        try
        {
            return Api.Filters.Parse(http.Query("filters"));
        }
        catch (FormatException e)
        {
            throw EngineException.Invalid(e.Message);
        }
    }

    /// <exception cref="EngineException">A key that the list does not know.</exception>
    public static Api.Filters Filters(this HttpContext http, params ReadOnlySpan<string> known)
    {
        var filters = http.Filters();
        foreach (var key in filters.Keys)
        {
            if (!known.Contains(key))
                throw EngineException.Invalid($"invalid filter '{key}'");
        }

        return filters;
    }

    /// <summary>A filter that is yes or no; null: it was not given.</summary>
    public static bool? Truth(this Api.Filters filters, string key)
    {
        if (!filters.Has(key))
            return null;
        return filters[key] switch
        {
            ["1" or "true"] => true,
            ["0" or "false"] => false,
            var other => throw EngineException.Invalid($"invalid filter '{key}=[{string.Join(' ', other)}]'"),
        };
    }

    /// <summary>Unix seconds, fractions allowed; 0 and nothing mean none.</summary>
    public static DateTimeOffset? Time(this HttpContext http, string name)
    {
        var text = http.Query(name);
        if (text.Length == 0 || text == "0")
            return null;
        if (decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds))
            return DateTimeOffset.UnixEpoch.AddTicks((long)(seconds * TimeSpan.TicksPerSecond));
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : throw EngineException.Invalid($"invalid {name}: \"{text}\" is neither Unix seconds nor RFC 3339");
    }

    /// <summary>The API version the client asked for; ours when it asked for none.</summary>
    public static Version ApiVersion(this HttpContext http) =>
        http.Items[ApiVersionPrefix.ItemKey] as Version ?? ApiVersionPrefix.Newest;
}
