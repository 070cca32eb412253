using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Orchestrator.Images;
using Orchestrator.Images.Distribution;
using Orchestrator.Oci.Images;

namespace Orchestrator.Registry.Replication;

/// <summary>Speaks to the other managers' registries, as one manager to another.</summary>
internal sealed class PeerRegistries(IRegistryPeers peers) : IDisposable
{
    /// <summary>
    /// Marks a request of a manager: the answer is given from what that one has itself, so nothing goes in circles.
    /// </summary>
    public const string PeerHeader = "Orch-Peer";

    /// <summary>The version of the tag that a peer's answer or request is about.</summary>
    public const string VersionHeader = "Orch-Tag-Version";

    /// <summary>A manager that is up answers small questions within this.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly HttpClient http = new(peers.Handler, disposeHandler: false)
    {
        Timeout = Timeout.InfiniteTimeSpan,
        DefaultRequestHeaders = { { PeerHeader, "1" } },
    };

    public IReadOnlyList<Uri> Others => peers.Others;

    /// <summary>A client of one peer's copy of a repository.</summary>
    public RegistryClient Client(Uri peer, string name) => new(
        [new RegistryEndpoint(peer, http)], Reference.Parse($"{IClusterRegistry.Domain}/{name}"), credentials: null);

    /// <summary>What the other managers' tags of one name are; those that do not answer in time are left out.</summary>
    public async Task<IReadOnlyList<(Uri Peer, TagRecord Record)>> TagsAsync(
        string name, string tag, CancellationToken cancellationToken)
    {
        var answers = await Task.WhenAll(peers.Others.Select(async peer =>
            (Peer: peer, Record: await PatientlyAsync(token => TagAsync(peer, name, tag, token), cancellationToken))));
        return [.. answers.Where(a => a.Record is not null).Select(a => (a.Peer, a.Record!))];
    }

    /// <summary>All tags of a peer; null when it does not answer.</summary>
    public Task<RepositoryTags[]?> AllTagsAsync(Uri peer, CancellationToken cancellationToken) => PatientlyAsync(
        token => http.GetFromJsonAsync(
            new Uri(peer, "v2/_orch/tags"), RegistryServerJson.Default.RepositoryTagsArray, token), cancellationToken);

    /// <summary>A peer's users; null when it does not answer.</summary>
    public Task<AccountList?> AccountsAsync(Uri peer, CancellationToken cancellationToken) => PatientlyAsync(
        token => http.GetFromJsonAsync(
            new Uri(peer, "v2/_orch/users"), RegistryServerJson.Default.AccountList, token), cancellationToken);

    /// <summary>Has a peer take a copy of a manifest and of all it names, and set the tag.</summary>
    /// <returns>False: it does not answer, or could not.</returns>
    public async Task<bool> CopyToAsync(Uri peer, string name, string reference, long? version,
        Descriptor manifest, byte[] json, CancellationToken cancellationToken)
    {
        if (await PatientlyAsync(token => IsUpAsync(peer, token), cancellationToken) is not true)
            return false;
        try
        {
            using var request = new HttpRequestMessage(
                HttpMethod.Put, new Uri(peer, $"v2/{name}/manifests/{reference}"))
            {
                Content = new ByteArrayContent(json)
                {
                    Headers = { ContentType = new MediaTypeHeaderValue(manifest.MediaType) },
                },
            };
            if (version is { } number)
                request.Headers.Add(VersionHeader, number.ToString(System.Globalization.CultureInfo.InvariantCulture));
            using var response = await http.SendAsync(request, cancellationToken);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    /// <summary>Passes a removal on, as far as peers answer.</summary>
    public Task DeleteAsync(string path, long version, CancellationToken cancellationToken) =>
        Task.WhenAll(peers.Others.Select(peer => PatientlyAsync<object>(async token =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Delete, new Uri(peer, path));
            request.Headers.Add(VersionHeader, version.ToString(System.Globalization.CultureInfo.InvariantCulture));
            using var response = await http.SendAsync(request, token);
            return null;
        }, cancellationToken)));

    public void Dispose() => http.Dispose();

    private async Task<TagRecord?> TagAsync(Uri peer, string name, string tag, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, new Uri(peer, $"v2/{name}/manifests/{tag}"));
        using var response = await http.SendAsync(request, cancellationToken);
        if (!response.Headers.TryGetValues(VersionHeader, out var versions)
            || !long.TryParse(versions.First(), out var version))
            return null;
        if (response.StatusCode == HttpStatusCode.NotFound)
            return new TagRecord(null, version);
        return response.Headers.TryGetValues("Docker-Content-Digest", out var digests)
            && Digest.TryParse(digests.First(), out var digest)
            ? new TagRecord(digest, version) : null;
    }

    private async Task<object?> PingAsync(Uri peer, CancellationToken cancellationToken)
    {
        using var response = await http.GetAsync(new Uri(peer, "v2/"), cancellationToken);
        return response.IsSuccessStatusCode ? response.StatusCode : null;
    }

    private async Task<bool?> IsUpAsync(Uri peer, CancellationToken cancellationToken) =>
        await PingAsync(peer, cancellationToken) is not null;

    private static async Task<T?> PatientlyAsync<T>(
        Func<CancellationToken, Task<T?>> ask, CancellationToken cancellationToken)
    {
        using var impatient = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        impatient.CancelAfter(Patience);
        try
        {
            return await ask(impatient.Token);
        }
        catch (Exception error) when (error is HttpRequestException or System.Text.Json.JsonException
            || (error is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return default;
        }
    }
}
