using System.Net;
using System.Text.Json;

namespace Orchestrator.Images.Distribution;

/// <summary>What is asked of a registry as a whole: whether a login is good, and what it has by a word.</summary>
/// <param name="endpoints">Tried in order; the first that answers counts.</param>
internal sealed class RegistryFront(
    string domain, IReadOnlyList<RegistryEndpoint> endpoints, RegistryCredentials? credentials)
{
    private const int MaxAnswerBytes = 4 << 20;

    /// <exception cref="ImageException">Denied: not accepted. Unavailable: nobody answers.</exception>
    public async Task LogInAsync(CancellationToken cancellationToken)
    {
        var (response, address) = await SendAsync("v2/", cancellationToken);
        using (response)
        {
            if (response.IsSuccessStatusCode)
                return;
            var said = $"login attempt to {address} failed with status: {(int)response.StatusCode} "
                + response.ReasonPhrase;
            throw response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden
                ? new ImageException(ImageError.Denied, $"{said}: check user and password")
                : new ImageException(ImageError.Unavailable, said);
        }
    }

    /// <exception cref="ImageException">Invalid: it cannot be searched. Unavailable: nobody answers.</exception>
    public async Task<SearchHit[]> SearchAsync(string term, int limit, CancellationToken cancellationToken)
    {
        var (response, address) = await SendAsync(
            $"v1/search?q={Uri.EscapeDataString(term)}&n={limit}", cancellationToken);
        using (response)
        {
            if (response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed)
                throw new ImageException(ImageError.NotFound,
                    $"registry {domain} cannot be searched: it has no {address.GetLeftPart(UriPartial.Path)} "
                    + $"({(int)response.StatusCode}). What it holds may be listed at /v2/_catalog.");
            if (!response.IsSuccessStatusCode)
                throw await RegistryFailure.OfAsync(response, domain, $"search for {term}", cancellationToken);
            return await ReadAsync(response, cancellationToken);
        }
    }

    private async Task<SearchHit[]> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var bytes = new byte[MaxAnswerBytes];
        var length = await body.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken);
        try
        {
            return JsonSerializer.Deserialize(bytes.AsSpan(0, length), RegistryJson.Default.SearchAnswer)?.Results ?? [];
        }
        catch (JsonException error)
        {
            throw new ImageException(
                ImageError.Unavailable, $"registry {domain} answered the search with no list: {error.Message}", error);
        }
    }

    private async Task<(HttpResponseMessage Response, Uri Address)> SendAsync(
        string path, CancellationToken cancellationToken)
    {
        HttpRequestException? failure = null;
        foreach (var endpoint in endpoints)
        {
            var address = new Uri(endpoint.Address, path);
            try
            {
                return (await SendAsync(endpoint.Http, address, cancellationToken), address);
            }
            catch (HttpRequestException error)
            {
                failure = error; // Of a plain registry the first address only says "no TLS".
            }
        }

        throw RegistryFailure.Unreachable(domain, failure!);
    }

    /// <summary>Once without, and once with the login, as the registry asks for it.</summary>
    private async Task<HttpResponseMessage> SendAsync(HttpClient http, Uri address, CancellationToken cancellationToken)
    {
        var auth = new RegistryAuth(credentials);
        var first = await GetAsync(http, address, auth, cancellationToken);
        if (first.StatusCode != HttpStatusCode.Unauthorized
            || !await auth.AnswerAsync(http, first, "", null, cancellationToken))
            return first;
        first.Dispose();
        return await GetAsync(http, address, auth, cancellationToken);
    }

    private static async Task<HttpResponseMessage> GetAsync(
        HttpClient http, Uri address, RegistryAuth auth, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Authorization = auth.For("");
        return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }
}
