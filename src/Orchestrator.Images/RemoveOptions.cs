using Orchestrator.Oci.Images;

namespace Orchestrator.Images;

/// <summary>How <c>rmi</c> goes about it.</summary>
public sealed record RemoveOptions
{
    public bool Force { get; init; }

    /// <summary>Keep untagged parents.</summary>
    public bool NoPrune { get; init; }

    /// <summary>A container made from the image of that id, a running one first; null when none is.</summary>
    public required Func<Digest, ImageUse?> UserOf { get; init; }
}
