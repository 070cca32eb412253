using Orchestrator.Images;
using Orchestrator.Oci.Images;

namespace Orchestrator.Registry.Storage;

/// <summary>A manifest that a repository has, as much of it as lists are made of.</summary>
/// <param name="Subject">The manifest it refers to, as a signature does; null: none.</param>
/// <param name="ArtifactType">What kind of thing it is; null: not said.</param>
public sealed record NamedManifest(
    Digest Digest, string MediaType, long Size, Digest? Subject = null, string? ArtifactType = null)
{
    /// <exception cref="FormatException">Not JSON of its type.</exception>
    internal static NamedManifest Of(Descriptor manifest, byte[] json)
    {
        var named = new NamedManifest(manifest.Digest, manifest.MediaType, manifest.Size);
        if (MediaTypes.IsIndex(manifest.MediaType))
        {
            var index = ImageJson.ReadIndex(json);
            return named with { Subject = index.Subject?.Digest, ArtifactType = NullIfEmpty(index.ArtifactType) };
        }

        var image = ImageJson.ReadManifest(json);
        return named with
        {
            Subject = image.Subject?.Digest,
            ArtifactType = NullIfEmpty(image.ArtifactType) ?? NullIfEmpty(image.Config?.MediaType),
        };
    }

    private static string? NullIfEmpty(string? text) => text is { Length: > 0 } ? text : null;
}
