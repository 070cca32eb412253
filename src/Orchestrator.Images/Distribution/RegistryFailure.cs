using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using Orchestrator.Images.Layers;

namespace Orchestrator.Images.Distribution;

/// <summary>A registry's error answer.</summary>
internal sealed record RegistryErrorBody([property: JsonPropertyName("errors")] RegistryErrorBody.Item[]? Errors)
{
    internal sealed record Item(
        [property: JsonPropertyName("code")] string? Code, [property: JsonPropertyName("message")] string? Message);
}

/// <summary>A token server's answer.</summary>
internal sealed record RegistryToken(
    [property: JsonPropertyName("token")] string? Token,
    [property: JsonPropertyName("access_token")] string? AccessToken);

/// <summary>One page of a repository's tags.</summary>
internal sealed record RegistryTags([property: JsonPropertyName("tags")] string[]? Tags);

/// <summary>One page of the names of repositories.</summary>
internal sealed record RegistryCatalog([property: JsonPropertyName("repositories")] string[]? Repositories);

/// <summary>What GET /v1/search answers.</summary>
internal sealed record SearchAnswer([property: JsonPropertyName("results")] SearchHit[]? Results);

[JsonSerializable(typeof(RegistryErrorBody))]
[JsonSerializable(typeof(RegistryToken))]
[JsonSerializable(typeof(RegistryTags))]
[JsonSerializable(typeof(RegistryCatalog))]
[JsonSerializable(typeof(SearchAnswer))]
internal sealed partial class RegistryJson : JsonSerializerContext;

/// <summary>Turns a registry's answers into errors for users.</summary>
internal static class RegistryFailure
{
    private const int MaxBody = 64 * 1024;

    /// <summary>Whether a later try may succeed.</summary>
    public static bool IsPassing(HttpStatusCode status) =>
        status is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout || (int)status >= 500;

    /// <summary>Nobody answers, in time or at all: another address may. A connection that is not made in time ends as a
    /// cancellation that nobody asked for.</summary>
    public static bool IsOfConnection(Exception error, CancellationToken asked) => !Disk.IsFull(error)
        && (error is HttpRequestException or TimeoutException
            || (error is OperationCanceledException && !asked.IsCancellationRequested));

    /// <param name="what">What was asked for, as the user knows it: <c>manifest for web:latest</c>.</param>
    public static async Task<ImageException> OfAsync(
        HttpResponseMessage response, string domain, string what, CancellationToken cancellationToken)
    {
        var said = await ReadAsync(response, cancellationToken);
        return response.StatusCode switch
        {
            HttpStatusCode.NotFound => new ImageException(ImageError.NotFound, $"{what} not found{said}"),
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => new ImageException(ImageError.Denied,
                $"access to {what} denied by {domain}{said}: it does not exist or may require \"orch login {domain}\""),
            var status when IsPassing(status) => new ImageException(ImageError.Unavailable,
                $"registry {domain} failed with {(int)status} on {what}{said}: try again later")
            {
                RetryAfter = WaitOf(response),
            },
            var status =>
                new ImageException(ImageError.Invalid, $"registry {domain} refused {what} with {(int)status}{said}"),
        };
    }

    /// <summary>The header's seconds, or the time until its date.</summary>
    private static TimeSpan? WaitOf(HttpResponseMessage response) => response.Headers.RetryAfter is not { } header
        ? null : header.Delta ?? (header.Date - (response.Headers.Date ?? TimeProvider.System.GetUtcNow()));

    public static ImageException Unreachable(string domain, Exception inner) => new(ImageError.Unavailable,
        $"cannot reach registry {domain}: {Innermost(inner)}; check its name, that it runs "
        + "and that this host can reach it", inner);

    /// <summary>It could be reached before.</summary>
    public static ImageException Broken(string domain, Exception inner) => new(ImageError.Unavailable,
        $"the connection to registry {domain} broke off: {Innermost(inner)}; try again", inner);

    private static string Innermost(Exception error) =>
        LayerPath.Shown(error.InnerException is null ? error.Message : error.GetBaseException().Message);

    private static async Task<string> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
            var bytes = new byte[MaxBody];
            var length = await body.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken);
            var first = JsonSerializer.Deserialize(
                bytes.AsSpan(0, length), RegistryJson.Default.RegistryErrorBody)?.Errors?.FirstOrDefault();
            var words = first?.Message ?? first?.Code?.ToLowerInvariant().Replace('_', ' ');
            return words is null ? "" : $": {LayerPath.Shown(words)}";
        }
        catch (Exception error) when (error is JsonException or HttpRequestException or IOException)
        {
            return "";
        }
    }
}
