using System.Collections.Immutable;
using Orchestrator.Oci.Images;

namespace Orchestrator.Images;

/// <summary>What the layers of all images take up.</summary>
/// <param name="TotalBytes">Each layer counted once.</param>
/// <param name="SharedBytes">For each image, of those layers that another image has too.</param>
public sealed record LayerUsage(long TotalBytes, ImmutableDictionary<Digest, long> SharedBytes);
