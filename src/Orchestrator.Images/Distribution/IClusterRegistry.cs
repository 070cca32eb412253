using Orchestrator.Images.Sharing;

namespace Orchestrator.Images.Distribution;

/// <summary>The way to the cluster's own registry. The daemon supplies it once the node is in a cluster.</summary>
public interface IClusterRegistry
{
    /// <summary>The name under which images in it are known everywhere in the cluster.</summary>
    const string Domain = "registry.orch:5000";

    /// <summary>
    /// Base addresses of the managers' registries (<c>https://10.0.0.1:5000</c>), the best to try first.
    /// </summary>
    /// <remarks>Read anew for every request; empty while the node is in no cluster.</remarks>
    IReadOnlyList<Uri> Managers { get; }

    /// <summary>
    /// Presents the node's certificate and trusts only the cluster's. Stays the provider's; not disposed.
    /// </summary>
    HttpMessageHandler Handler { get; }

    /// <summary>
    /// The nodes that blobs of that registry may be had from instead; null: none. Read anew for every download.
    /// </summary>
    IBlobPeers? Peers => null;
}
