using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Orchestrator.Oci.Images;

namespace Orchestrator.Images.Library;

/// <summary>Which images there are and what they are called. Immutable: each change makes another.</summary>
internal sealed record LibraryState
{
    public static LibraryState Empty { get; } = new();

    public ImmutableDictionary<Digest, LibraryEntry> Images { get; init; } =
        ImmutableDictionary<Digest, LibraryEntry>.Empty;

    /// <summary>Full names, with a tag or a digest, to the ids of images.</summary>
    public ImmutableDictionary<string, Digest> Names { get; init; } =
        ImmutableDictionary.Create<string, Digest>(StringComparer.Ordinal);

    public IEnumerable<Reference> NamesOf(Digest id) =>
        Names.Where(n => n.Value == id).Select(n => Reference.Parse(n.Key)).OrderBy(
            r => r.ToString(), StringComparer.Ordinal);

    public LibraryState With(LibraryEntry entry) => this with { Images = Images.SetItem(entry.Id, entry) };

    public LibraryState Named(Reference name, Digest id, DateTimeOffset now) => this with
    {
        Names = Names.SetItem(name.ToString(), id),
        Images = Images.SetItem(id, Images[id] with { LastTagTime = now }),
    };

    public LibraryState Unnamed(IEnumerable<Reference> names) =>
        this with { Names = Names.RemoveRange(names.Select(n => n.ToString())) };

    public LibraryState Without(Digest id) => this with { Images = Images.Remove(id) };
}

/// <summary>What is stored about one image besides its blobs.</summary>
internal sealed record LibraryEntry
{
    public required Digest Id { get; init; }

    public required Descriptor Manifest { get; init; }

    public Digest? Parent { get; init; }

    public DateTimeOffset? LastTagTime { get; init; }
}

/// <summary>The state as it is on disk.</summary>
internal sealed record LibraryFile(int Version, LibraryEntry[] Images, Dictionary<string, Digest> Names);

[JsonSerializable(typeof(LibraryFile))]
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class LibraryJson : JsonSerializerContext;
