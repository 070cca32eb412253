using Orchestrator.Oci.Images;

namespace Orchestrator.Images.Layers;

/// <summary>One unpacked layer. Unpacked once and shared by all images that have it on the same layers.</summary>
/// <param name="ChainId">Names it together with what is below.</param>
/// <param name="Parent">Chain ID of the layer below; null for the lowest.</param>
/// <param name="Folder">Short name below the layers' folder: mount options have little room.</param>
/// <param name="SizeBytes">Of its files' content.</param>
public sealed record Layer(Digest ChainId, Digest? Parent, Digest DiffId, string Folder, long SizeBytes);
