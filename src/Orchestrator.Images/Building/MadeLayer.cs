using Orchestrator.Oci.Images;

namespace Orchestrator.Images.Building;

/// <summary>A layer, unpacked and as a blob.</summary>
/// <param name="ChainId">Names it together with what is below.</param>
/// <param name="DiffId">Of its plain tar.</param>
/// <param name="Blob">Its tar as an image's manifest names it.</param>
/// <param name="SizeBytes">Of its files' content.</param>
public sealed record MadeLayer(Digest ChainId, Digest DiffId, Descriptor Blob, long SizeBytes);

/// <summary>Somebody who names layers that must stay, with all below.</summary>
public interface ILayerRoots
{
    IEnumerable<MadeLayer> Layers();
}

/// <summary>How a snapshot becomes a layer.</summary>
public sealed record LayerWriting
{
    /// <summary>No entry is newer: what makes two builds of one source equal. Null: times stay.</summary>
    public DateTimeOffset? Newest { get; init; }

    /// <summary>Absolute paths that were only there to be mounted on: they do not get into the layer, with what is
    /// below, nor do folders that only lead to them.</summary>
    public IReadOnlyCollection<string> MountPoints { get; init; } = [];
}
