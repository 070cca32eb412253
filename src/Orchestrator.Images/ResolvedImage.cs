using System.Collections.Immutable;
using Orchestrator.Oci.Images;

namespace Orchestrator.Images;

/// <summary>What a name stands for at its registry: manifest or index, and what it runs on.</summary>
/// <param name="Reference">The full reference with the digest, to be pulled by any node.</param>
public sealed record ResolvedImage(Reference Reference, Descriptor Descriptor, ImmutableArray<Platform> Platforms);
