using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Orchestrator.Oci.Images;

namespace Orchestrator.Images.Distribution;

/// <summary>Speaks to one repository of one registry.</summary>
/// <remarks>Source: OCI distribution-spec 1.1. Addresses are tried in order; the one that answers is kept.</remarks>
/// <param name="repository">Registry and path; tag and digest do not matter.</param>
internal sealed class RegistryClient(
    IReadOnlyList<RegistryEndpoint> endpoints, Reference repository, RegistryCredentials? credentials)
{
    /// <summary>Whoever answers with more without end has this host's memory otherwise.</summary>
    private const int MaxTags = 1_000_000;

    private readonly RegistryAuth auth = new(credentials);
    private int current;

    public Reference Repository => repository;

    /// <summary>Whether another host may have what one of them has lost.</summary>
    public bool HasSeveralHosts => endpoints.DistinctBy(e => e.Address.Authority).Count() > 1;

    /// <summary>What the repository's addresses begin with, after the endpoint's.</summary>
    public string Base => $"v2/{repository.Path}";

    public string PushScope => $"repository:{repository.Path}:pull,push";

    private string PullScope => $"repository:{repository.Path}:pull";

    /// <summary>Fetches a manifest or index by tag or digest, verified where a digest names it.</summary>
    /// <exception cref="ImageException">NotFound, Denied, Unavailable, Damaged.</exception>
    public async Task<(Descriptor Descriptor, byte[] Json)> GetManifestAsync(
        Reference name, CancellationToken cancellationToken)
    {
        var wanted = name.Digest?.ToString() ?? name.Tag ?? Reference.DefaultTag;
        using var response = await SendAsync(() =>
        {
            var request = new HttpRequestMessage(HttpMethod.Get, $"{Base}/manifests/{wanted}");
            foreach (var type in MediaTypes.Manifests)
                request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(type));
            return request;
        }, PullScope, cancellationToken);
        if (!response.IsSuccessStatusCode)
            throw await RegistryFailure.OfAsync(
                response, repository.Domain, $"manifest for {name.Familiar}", cancellationToken);

        var json = await ReadManifestAsync(response, name, cancellationToken);
        var descriptor = Descriptor.Of(
            json, response.Content.Headers.ContentType?.MediaType ?? MediaTypes.OciManifest, name.Digest);
        if (name.Digest is { } digest && descriptor.Digest != digest)
        {
            throw new ImageException(ImageError.Damaged,
                $"registry {repository.Domain} sent something else for {name.Familiar}: it has "
                + $"the digest {descriptor.Digest}");
        }

        return (descriptor, json);
    }

    /// <summary>
    /// Opens a blob from <paramref name="offset"/> on; the answer says whether the registry kept to that.
    /// </summary>
    public async Task<HttpResponseMessage> OpenBlobAsync(
        Descriptor blob, long offset, CancellationToken cancellationToken)
    {
        var response = await SendAsync(() =>
        {
            var request = new HttpRequestMessage(HttpMethod.Get, $"{Base}/blobs/{blob.Digest}");
            if (offset > 0)
                request.Headers.Range = new RangeHeaderValue(offset, null);
            return request;
        }, PullScope, cancellationToken);
        if (response.IsSuccessStatusCode)
            return response;
        using (response)
            throw await RegistryFailure.OfAsync(
                response, repository.Domain, $"blob {blob.Digest} of {repository.FamiliarName}", cancellationToken);
    }

    public async Task<bool> HasBlobAsync(Digest digest, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(
            () => new HttpRequestMessage(HttpMethod.Head, $"{Base}/blobs/{digest}"), PushScope, cancellationToken);
        if (response.IsSuccessStatusCode || response.StatusCode == HttpStatusCode.NotFound)
            return response.IsSuccessStatusCode;
        throw await RegistryFailure.OfAsync(
            response, repository.Domain, $"blob {digest} of {repository.FamiliarName}", cancellationToken);
    }

    /// <param name="reference">A tag or a digest.</param>
    public async Task PutManifestAsync(
        string reference, Descriptor manifest, byte[] json, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(
            () => new HttpRequestMessage(HttpMethod.Put, $"{Base}/manifests/{reference}")
        {
            Content = new ByteArrayContent(json)
            {
                Headers = { ContentType = new MediaTypeHeaderValue(manifest.MediaType) },
            },
        }, PushScope, cancellationToken);
        if (!response.IsSuccessStatusCode)
            throw await RegistryFailure.OfAsync(
                response, repository.Domain, $"manifest {repository.FamiliarName}:{reference}", cancellationToken);
    }

    /// <summary>Every tag of the repository, page by page.</summary>
    public async Task<IReadOnlyList<string>> TagsAsync(CancellationToken cancellationToken)
    {
        var tags = new List<string>();
        for (var next = $"{Base}/tags/list"; next is not null;)
        {
            var page = next;
            using var response = await SendAsync(
                () => new HttpRequestMessage(HttpMethod.Get, page), PullScope, cancellationToken);
            if (!response.IsSuccessStatusCode)
                throw await RegistryFailure.OfAsync(
                    response, repository.Domain, $"repository {repository.FamiliarName}", cancellationToken);
            var json = await ReadManifestAsync(response, repository, cancellationToken);
            var found = ReadTags(json);
            tags.AddRange(found);
            if (tags.Count > MaxTags)
                throw new ImageException(ImageError.Damaged, $"{repository.FamiliarName} has more than {MaxTags} tags");
            next = found.Length > 0 ? NextPage(response) : null; // An empty page that names another leads nowhere.
        }

        return tags;
    }

    private string[] ReadTags(byte[] json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, RegistryJson.Default.RegistryTags)?.Tags ?? [];
        }
        catch (JsonException error)
        {
            throw new ImageException(ImageError.Damaged,
                $"the list of tags of {repository.FamiliarName} is no JSON: {repository.Domain} may be no registry", error);
        }
    }

    /// <summary>Asks what a tag names, without its content.</summary>
    /// <returns>Null: the registry knows it and does not say.</returns>
    /// <exception cref="ImageException">NotFound, Denied, Unavailable.</exception>
    public async Task<Digest?> FindManifestAsync(Reference name, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(() =>
        {
            var request = new HttpRequestMessage(
                HttpMethod.Head, $"{Base}/manifests/{name.Digest?.ToString() ?? name.Tag ?? Reference.DefaultTag}");
            foreach (var type in MediaTypes.Manifests)
                request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(type));
            return request;
        }, PullScope, cancellationToken);
        if (!response.IsSuccessStatusCode)
            throw await RegistryFailure.OfAsync(
                response, repository.Domain, $"manifest for {name.Familiar}", cancellationToken);
        return response.Headers.TryGetValues("Docker-Content-Digest", out var digests)
            && Digest.TryParse(digests.First(), out var digest) ? digest : null;
    }

    /// <summary>Asks for a blob's size, as who may pull.</summary>
    /// <returns>Null: there is no such blob, or the registry does not say how large it is.</returns>
    public async Task<long?> FindBlobAsync(Digest digest, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(
            () => new HttpRequestMessage(HttpMethod.Head, $"{Base}/blobs/{digest}"), PullScope, cancellationToken);
        if (response.IsSuccessStatusCode || response.StatusCode == HttpStatusCode.NotFound)
            return response.IsSuccessStatusCode ? response.Content.Headers.ContentLength : null;
        throw await RegistryFailure.OfAsync(
            response, repository.Domain, $"blob {digest} of {repository.FamiliarName}", cancellationToken);
    }

    /// <summary>The list of what refers to a manifest, as the registry gives it.</summary>
    /// <param name="query">Empty, or with its question mark.</param>
    /// <returns>Null: the registry keeps no such lists.</returns>
    public async Task<byte[]?> ReferrersAsync(Digest subject, string query, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(
            () => new HttpRequestMessage(HttpMethod.Get, $"{Base}/referrers/{subject}{query}"), PullScope,
            cancellationToken);
        if (response.StatusCode == HttpStatusCode.NotFound)
            return null;
        return response.IsSuccessStatusCode ? await ReadManifestAsync(response, repository, cancellationToken)
            : throw await RegistryFailure.OfAsync(
                response, repository.Domain, $"referrers of {subject}", cancellationToken);
    }

    /// <summary>The address in <c>Link: &lt;/v2/…&gt;; rel="next"</c>; null: this was the last page.</summary>
    private static string? NextPage(HttpResponseMessage response)
    {
        if (!response.Headers.TryGetValues("Link", out var links))
            return null;
        var link = links.FirstOrDefault(l => l.Contains("rel=\"next\"", StringComparison.Ordinal));
        var (start, end) = (link?.IndexOf('<') ?? -1, link?.IndexOf('>') ?? -1);
        return start >= 0 && end > start
            ? new Uri(response.RequestMessage!.RequestUri!, link![(start + 1)..end]).PathAndQuery : null;
    }

    private static async Task<byte[]> ReadManifestAsync(
        HttpResponseMessage response, Reference name, CancellationToken cancellationToken)
    {
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[ImageJson.MaxBytes + 1];
        var length = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        return length <= ImageJson.MaxBytes ? buffer[..length] : throw new ImageException(ImageError.Damaged,
            $"the manifest for {name.Familiar} is larger than {ImageJson.MaxBytes / 1024 / 1024} MiB");
    }

    /// <summary>Sends to the first address that answers, after the challenge it may put.</summary>
    /// <param name="make">
    /// Makes the request anew for each try; its address is relative to the endpoint, or whole.
    /// </param>
    public async Task<(HttpResponseMessage Response, RegistryEndpoint From)> SendAnywhereAsync(
        Func<HttpRequestMessage> make, string scope, CancellationToken cancellationToken)
    {
        Exception? failure = null;
        (HttpResponseMessage Response, RegistryEndpoint From)? busy = null;
        for (var (i, start) = (0, current); i < endpoints.Count; i++)
        {
            var index = (start + i) % endpoints.Count;
            try
            {
                var response = await SendAsync(endpoints[index], make, scope, cancellationToken);
                busy?.Response.Dispose();
                if (!RegistryFailure.IsPassing(response.StatusCode))
                {
                    current = index;
                    return (response, endpoints[index]);
                }

                // Another manager may be well where this one is not; if none is, what this one says counts.
                busy = (response, endpoints[index]);
            }
            catch (Exception error) when (RegistryFailure.IsOfConnection(error, cancellationToken))
            {
                // Of several failures the last address's counts: for plain HTTP registries the first is only "no TLS".
                failure = error;
            }
        }

        return busy ?? throw RegistryFailure.Unreachable(repository.Domain, failure!);
    }

    /// <summary>Sends to one address only: there is what the request is about.</summary>
    /// <exception cref="ImageException">Unavailable: the connection broke; how far it came is not known.</exception>
    public async Task<HttpResponseMessage> SendToAsync(
        RegistryEndpoint endpoint, Func<HttpRequestMessage> make, string scope, CancellationToken cancellationToken)
    {
        try
        {
            return await SendAsync(endpoint, make, scope, cancellationToken);
        }
        catch (Exception error) when (RegistryFailure.IsOfConnection(error, cancellationToken))
        {
            throw RegistryFailure.Broken(repository.Domain, error);
        }
    }

    /// <summary>A question has its answer soon, or another address is asked; what is sent takes as long as it does.</summary>
    private static async Task<HttpResponseMessage> AskAsync(
        RegistryEndpoint endpoint, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (request.Method == HttpMethod.Get || request.Method == HttpMethod.Head)
            patience.CancelAfter(endpoint.Patience);
        return await endpoint.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
    }

    private async Task<HttpResponseMessage> SendAsync(
        Func<HttpRequestMessage> make, string scope, CancellationToken cancellationToken) =>
        (await SendAnywhereAsync(make, scope, cancellationToken)).Response;

    private async Task<HttpResponseMessage> SendAsync(
        RegistryEndpoint endpoint, Func<HttpRequestMessage> make, string scope, CancellationToken cancellationToken)
    {
        for (var answered = false; ; answered = true)
        {
            using var request = make();
            var target = request.RequestUri = new Uri(endpoint.Address, request.RequestUri!);
            // A registry may have uploads sent elsewhere; whoever that is learns no password.
            var isIts = target.GetLeftPart(UriPartial.Authority) == endpoint.Address.GetLeftPart(UriPartial.Authority);
            var header = request.Headers.Authorization = isIts ? auth.For(scope) : null;
            var response = await AskAsync(endpoint, request, cancellationToken);
            if (response.StatusCode != HttpStatusCode.Unauthorized || answered || !isIts
                || !await auth.AnswerAsync(endpoint.Http, response, scope, header, cancellationToken))
                return response;
            response.Dispose();
        }
    }
}
