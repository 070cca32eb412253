using System.Net.Http.Headers;
using System.Net.Http.Json;
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
        [new RegistryEndpoint(peer, http) { Patience = Patience }], Reference.Parse($"{IClusterRegistry.Domain}/{name}"), credentials: null);

    /// <summary>What a peer has in files of its own; null when it does not answer.</summary>
    public Task<LegacyNames?> LegacyAsync(Uri peer, CancellationToken cancellationToken) => PatientlyAsync(
        token => http.GetFromJsonAsync(
            new Uri(peer, "v2/_orch/legacy"), RegistryServerJson.Default.LegacyNames, token), cancellationToken);

    /// <summary>Has a peer take a copy of a manifest and of all it names.</summary>
    /// <returns>False: it does not answer, or could not.</returns>
    public async Task<bool> CopyToAsync(
        Uri peer, string name, Descriptor manifest, byte[] json, CancellationToken cancellationToken)
    {
        if (await PatientlyAsync(token => PingAsync(peer, token), cancellationToken) is null)
            return false;
        try
        {
            using var request = new HttpRequestMessage(
                HttpMethod.Put, new Uri(peer, $"v2/{name}/manifests/{manifest.Digest}"))
            {
                Content = new ByteArrayContent(json)
                {
                    Headers = { ContentType = new MediaTypeHeaderValue(manifest.MediaType) },
                },
            };
            using var response = await http.SendAsync(request, cancellationToken);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    /// <summary>Passes the removal of a blob on, as far as peers answer.</summary>
    public Task DeleteBlobAsync(string name, Digest blob, CancellationToken cancellationToken) =>
        Task.WhenAll(peers.Others.Select(peer => PatientlyAsync<object>(async token =>
        {
            using var response = await http.DeleteAsync(new Uri(peer, $"v2/{name}/blobs/{blob}"), token);
            return null;
        }, cancellationToken)));

    public void Dispose() => http.Dispose();

    private async Task<object?> PingAsync(Uri peer, CancellationToken cancellationToken)
    {
        using var response = await http.GetAsync(new Uri(peer, "v2/"), cancellationToken);
        return response.IsSuccessStatusCode ? response.StatusCode : null;
    }

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
