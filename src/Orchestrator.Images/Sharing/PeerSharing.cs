using Orchestrator.Images.Content;

namespace Orchestrator.Images.Sharing;

/// <summary>Downloads that take from other nodes and give to them.</summary>
internal sealed class PeerSharing(SharedBlobs shared, IBlobPeers peers)
{
    /// <summary>Brings a blob in and commits it; others may read it from here as it comes.</summary>
    /// <param name="fromRegistry">Brings what is missing from there.</param>
    public async Task RunAsync(BlobArrival arrival, ContentLease lease, Func<CancellationToken, Task> fromRegistry,
        Action<long>? progress, CancellationToken cancellationToken)
    {
        var isWhole = false;
        shared.Begin(arrival);
        try
        {
            await new PeerDownload(peers, arrival).RunAsync(fromRegistry, progress, cancellationToken);
            arrival.Commit(lease);
            isWhole = true;
        }
        finally
        {
            shared.End(arrival, isWhole);
            peers.Ended(arrival.Blob.Digest, arrival.Blob.Size, isWhole);
        }
    }
}
