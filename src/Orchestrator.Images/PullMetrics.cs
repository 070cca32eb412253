using System.Diagnostics.Metrics;

namespace Orchestrator.Images;

/// <summary>What pulls cost, and whom.</summary>
public static class PullMetrics
{
    private static readonly Meter Meter = new("orchestrator.images");
    private static readonly Counter<long> Pulled = Meter.CreateCounter<long>(
        "orchestrator.images.pulled", "By", "Bytes of blobs that this node pulled, by where they came from.");
    private static readonly Counter<long> Given = Meter.CreateCounter<long>(
        "orchestrator.images.given", "By", "Bytes of blobs that this node gave to other nodes' pulls.");

    /// <summary>Bytes went to another node.</summary>
    public static void ToPeers(long bytes) => Given.Add(bytes);

    internal static void FromRegistry(long bytes) =>
        Pulled.Add(bytes, new KeyValuePair<string, object?>("from", "registry"));

    internal static void FromPeers(long bytes) =>
        Pulled.Add(bytes, new KeyValuePair<string, object?>("from", "peer"));
}
