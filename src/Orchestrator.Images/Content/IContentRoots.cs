using Orchestrator.Oci.Images;

namespace Orchestrator.Images.Content;

/// <summary>Somebody who names blobs that must stay: the engine's images, the registry's repositories.</summary>
public interface IContentRoots
{
    /// <summary>All that is named now. What manifests and indexes among them name stays too.</summary>
    /// <remarks>A blob must be under a lease until it is among these.</remarks>
    IEnumerable<Descriptor> Roots();
}
