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
            return named with { Subject = SubjectOf(index.Subject), ArtifactType = TypeOf(index.ArtifactType) };
        }

        var image = ImageJson.ReadManifest(json);
        return named with
        {
            Subject = SubjectOf(image.Subject),
            ArtifactType = TypeOf(image.ArtifactType) ?? TypeOf(image.Config?.MediaType),
        };
    }

    private static Digest? SubjectOf(Descriptor? subject) =>
        subject?.Digest.IsEmpty != true ? subject?.Digest : throw new FormatException("the subject has no digest");

    /// <summary>Source: RFC 6838, 4.2. Every manager keeps it in memory.</summary>
    private static string? TypeOf(string? text) => text switch
    {
        null or "" => null,
        { Length: > 255 } => throw new FormatException("the artifact's type is longer than the 255 characters of a media type"),
        _ => text,
    };
}
