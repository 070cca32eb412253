using System.Diagnostics.Metrics;

namespace Orchestrator.Registry;

/// <summary>What a manager's registry gives away.</summary>
internal static class RegistryMetrics
{
    private static readonly Meter Meter = new("orchestrator.registry");
    private static readonly Counter<long> Bytes = Meter.CreateCounter<long>(
        "orchestrator.registry.served", "By", "Bytes of blobs and manifests that the registry of this node sent.");

    public static void Served(long bytes) => Bytes.Add(bytes);
}
