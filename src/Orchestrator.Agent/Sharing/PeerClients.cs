using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using Orchestrator.Images.Sharing;
using Orchestrator.Model;
using Orchestrator.Oci.Images;
using Orchestrator.Security;

namespace Orchestrator.Agent.Sharing;

/// <summary>Connections to other nodes, each to the one node that was named.</summary>
internal sealed class PeerClients(IdentitySource identity, TimeProvider time) : IDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<HttpClient>> clients = new(StringComparer.Ordinal);

    /// <exception cref="PeerException">The blob cannot be had there.</exception>
    public async Task<Stream> OpenAsync(
        PeerSource source, Digest blob, long offset, long size, CancellationToken cancellationToken)
    {
        if (!IPEndPoint.TryParse(source.Address, out _)) // As that node said it.
            throw new PeerException(PeerFault.Unreachable, $"node {source.Node} gives no address: {source.Address}");
        using var request = new HttpRequestMessage(
            HttpMethod.Get, $"https://{source.Address}{PeerServer.Path}{blob}");
        if (offset > 0)
            request.Headers.Range = new RangeHeaderValue(offset, null);
        var response = await SendAsync(source, request, cancellationToken).ConfigureAwait(false);
        var fault = response.StatusCode switch
        {
            HttpStatusCode.ServiceUnavailable => PeerFault.Busy,
            HttpStatusCode.OK when offset == 0 => PeerFault.None,
            HttpStatusCode.PartialContent when offset > 0 => PeerFault.None,
            _ => PeerFault.Missing,
        };
        if (fault == PeerFault.None && response.Content.Headers.ContentLength == size - offset)
            return await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        response.Dispose();
        throw new PeerException(
            fault == PeerFault.None ? PeerFault.Missing : fault,
            $"node {source.Node} answers {(int)response.StatusCode} when asked for {blob}");
    }

    public void Dispose()
    {
        foreach (var client in clients.Values)
            client.Value.Dispose();
    }

    private async Task<HttpResponseMessage> SendAsync(
        PeerSource source, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await clients.GetOrAdd(source.Node, node => new(() => Connect(node))).Value
                .SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is HttpRequestException or ObjectDisposedException
            || (error is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new PeerException(
                PeerFault.Unreachable, $"node {source.Node} does not answer at {source.Address}", error);
        }
    }

    /// <summary>Whoever answers, it counts only with the certificate of that node.</summary>
    private HttpClient Connect(string node)
    {
        var handler = ClusterHandlers.Mutual(identity, time, role: null, new NodeId(node));
        handler.ConnectTimeout = TimeSpan.FromSeconds(3);
        handler.PooledConnectionLifetime = TimeSpan.FromMinutes(5);
        return new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }
}
