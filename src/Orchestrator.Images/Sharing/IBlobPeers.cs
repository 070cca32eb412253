using Orchestrator.Oci.Images;

namespace Orchestrator.Images.Sharing;

/// <summary>The way to the other nodes of the cluster. The daemon supplies it.</summary>
public interface IBlobPeers
{
    /// <summary>Asks where to read a blob from; who cannot be asked counts as "the registry".</summary>
    /// <param name="offset">Bytes that are here.</param>
    /// <param name="failed">The node that <paramref name="fault"/> is about.</param>
    Task<PeerChoice> FindAsync(
        Digest blob, long offset, PeerFault fault, string? failed, CancellationToken cancellationToken);

    /// <summary>Opens a blob at a node, from an offset on.</summary>
    /// <param name="size">Bytes that it has in all.</param>
    /// <exception cref="PeerException">It cannot be had there.</exception>
    Task<Stream> OpenAsync(PeerSource source, Digest blob, long offset, long size, CancellationToken cancellationToken);

    /// <summary>A download that was asked for has ended.</summary>
    /// <param name="isWhole">The blob is here and verified.</param>
    void Ended(Digest blob, long size, bool isWhole);
}
