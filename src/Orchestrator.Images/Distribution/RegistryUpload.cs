using System.Globalization;
using System.Net;
using Orchestrator.Oci.Images;

namespace Orchestrator.Images.Distribution;

/// <summary>An upload that a registry has begun for us. It lives where it was begun and is spoken to nowhere else.</summary>
/// <remarks>Source: OCI distribution-spec 1.1, "Pushing Blobs". Each answer says where the next request goes.</remarks>
internal sealed class RegistryUpload
{
    private readonly RegistryClient client;
    private readonly RegistryEndpoint endpoint;
    private Uri location;

    private RegistryUpload(RegistryClient client, RegistryEndpoint endpoint, HttpResponseMessage begun)
    {
        (this.client, this.endpoint) = (client, endpoint);
        location = new Uri(begun.RequestMessage!.RequestUri!, begun.Headers.Location!);
        MinChunkBytes = begun.Headers.TryGetValues("OCI-Chunk-Min-Length", out var values)
            && long.TryParse(values.First(), NumberStyles.None, CultureInfo.InvariantCulture, out var least) ? least : 0;
    }

    /// <summary>The least that a chunk, other than the last, must have.</summary>
    public long MinChunkBytes { get; }

    /// <summary>The bytes that the registry is known to have.</summary>
    public long Offset { get; private set; }

    /// <param name="mountFrom">The path of a repository there that may have the blob; null: none known.</param>
    /// <returns>Null: the registry has taken the blob over from there.</returns>
    /// <exception cref="ImageException">Denied, Invalid, Unavailable.</exception>
    public static async Task<RegistryUpload?> BeginAsync(
        RegistryClient client, Digest blob, string? mountFrom, CancellationToken cancellationToken)
    {
        var query = mountFrom is null ? "" : $"?mount={blob}&from={Uri.EscapeDataString(mountFrom)}";
        var (response, endpoint) = await client.SendAnywhereAsync(
            () => new HttpRequestMessage(HttpMethod.Post, $"{client.Base}/blobs/uploads/{query}"), client.PushScope,
            cancellationToken);
        using (response)
        {
            if (response.StatusCode == HttpStatusCode.Created)
                return null;
            return response is { StatusCode: HttpStatusCode.Accepted, Headers.Location: not null }
                ? new RegistryUpload(client, endpoint, response)
                : throw await FailureAsync(client, response, cancellationToken);
        }
    }

    /// <summary>Sends the next chunk.</summary>
    /// <param name="part">Made anew for each try of the request.</param>
    /// <exception cref="ImageException">Unavailable: <see cref="AskAsync"/> says what arrived.</exception>
    public async Task AppendAsync(Func<BlobPart> part, long end, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(() =>
            new HttpRequestMessage(HttpMethod.Patch, location) { Content = part() }, cancellationToken);
        if (response.StatusCode is not (HttpStatusCode.Accepted or HttpStatusCode.NoContent))
            throw await FailureAsync(client, response, cancellationToken);
        Follow(response);
        Offset = end;
    }

    /// <summary>Sends what is left; the blob is there when this returns.</summary>
    public async Task FinishAsync(Func<BlobPart> part, Digest blob, CancellationToken cancellationToken)
    {
        var separator = location.Query.Length > 0 ? '&' : '?';
        var target = new Uri($"{location}{separator}digest={Uri.EscapeDataString(blob.ToString())}");
        using var response = await SendAsync(() =>
            new HttpRequestMessage(HttpMethod.Put, target) { Content = part() }, cancellationToken);
        if (!response.IsSuccessStatusCode)
            throw await FailureAsync(client, response, cancellationToken);
    }

    /// <summary>Asks what of it has arrived.</summary>
    /// <returns>False: the registry cannot go on with it.</returns>
    public async Task<bool> AskAsync(CancellationToken cancellationToken)
    {
        using var response = await SendAsync(
            () => new HttpRequestMessage(HttpMethod.Get, location), cancellationToken);
        // 409: it has not noticed yet that the connection is gone.
        if (response.StatusCode == HttpStatusCode.Conflict || RegistryFailure.IsPassing(response.StatusCode))
            throw new ImageException(ImageError.Unavailable,
                $"registry {client.Repository.Domain} is not ready to go on with an upload: try again later");
        if (!response.IsSuccessStatusCode || LengthOf(response) is not { } length)
            return false;
        Follow(response);
        Offset = length;
        return true;
    }

    /// <summary><c>Range: 0-LAST</c>; <c>0-0</c> is said of nothing, and one byte is soon sent again.</summary>
    private static long? LengthOf(HttpResponseMessage response) =>
        response.Headers.TryGetValues("Range", out var values)
        && values.First().Replace("bytes=", "", StringComparison.Ordinal).Split('-') is ["0", var last]
        && long.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out var end)
            ? (end == 0 ? 0 : end + 1) : null;

    private void Follow(HttpResponseMessage response)
    {
        if (response.Headers.Location is { } next)
            location = new Uri(location, next);
    }

    private Task<HttpResponseMessage> SendAsync(Func<HttpRequestMessage> make, CancellationToken cancellationToken) =>
        client.SendToAsync(endpoint, make, client.PushScope, cancellationToken);

    private static Task<ImageException> FailureAsync(
        RegistryClient client, HttpResponseMessage response, CancellationToken cancellationToken) =>
        RegistryFailure.OfAsync(
            response, client.Repository.Domain, $"upload to {client.Repository.FamiliarName}", cancellationToken);
}
