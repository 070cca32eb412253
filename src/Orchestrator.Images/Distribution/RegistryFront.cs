using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Orchestrator.Images.Distribution;

/// <summary>What is asked of a registry as a whole: whether a login is good, and what it has by a word.</summary>
/// <param name="endpoints">Tried in order; the first that answers counts.</param>
internal sealed class RegistryFront(
    string domain, IReadOnlyList<RegistryEndpoint> endpoints, RegistryCredentials? credentials)
{
    private const int MaxAnswerBytes = 4 << 20;

    /// <summary>Of the catalogue: names in a page, and pages.</summary>
    private const int PageSize = 1000, MaxPages = 100;

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

    /// <summary>By docker's search where there is one, else by the names in the catalogue that any registry may have.
    /// </summary>
    /// <exception cref="ImageException">NotFound: it cannot be searched. Unavailable: nobody answers.</exception>
    public async Task<SearchHit[]> SearchAsync(string term, int limit, CancellationToken cancellationToken)
    {
        var (response, address) = await SendAsync(
            $"v1/search?q={Uri.EscapeDataString(term)}&n={limit}", cancellationToken);
        using (response)
        {
            if (response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed)
                return await SearchCatalogAsync(term, limit, address, cancellationToken);
            if (!response.IsSuccessStatusCode)
                throw await RegistryFailure.OfAsync(response, domain, $"search for {term}", cancellationToken);
            return (await ReadAsync(response, RegistryJson.Default.SearchAnswer, cancellationToken))?.Results ?? [];
        }
    }

    /// <param name="search">Where there is no search, for the error.</param>
    private async Task<SearchHit[]> SearchCatalogAsync(
        string term, int limit, Uri search, CancellationToken cancellationToken)
    {
        var (hits, last) = (new List<SearchHit>(), "");
        for (var pages = 0; pages < MaxPages && hits.Count < limit; pages++)
        {
            var (response, _) = await SendAsync(
                $"v2/_catalog?n={PageSize}&last={Uri.EscapeDataString(last)}", cancellationToken);
            using (response)
            {
                if (!response.IsSuccessStatusCode)
                    throw new ImageException(ImageError.NotFound,
                        $"registry {domain} cannot be searched: it has no {search.GetLeftPart(UriPartial.Path)}, and "
                        + $"answers {(int)response.StatusCode} when asked for its catalogue: name the image to pull it");
                var catalog = await ReadAsync(response, RegistryJson.Default.RegistryCatalog, cancellationToken);
                var names = catalog?.Repositories ?? [];
                hits.AddRange(names.Where(name => name.Contains(term, StringComparison.OrdinalIgnoreCase))
                    .Select(name => new SearchHit($"{domain}/{name}", null, 0, false, false)));
                if (names.Length == 0 || !response.Headers.Contains("Link"))
                    break;
                last = names[^1];
            }
        }

        return [.. hits.Take(limit)];
    }

    private async Task<T?> ReadAsync<T>(
        HttpResponseMessage response, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var bytes = new byte[MaxAnswerBytes];
        var length = await body.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken);
        try
        {
            return JsonSerializer.Deserialize(bytes.AsSpan(0, length), type);
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
