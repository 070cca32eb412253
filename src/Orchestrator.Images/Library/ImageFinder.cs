using Orchestrator.Oci.Images;

namespace Orchestrator.Images.Library;

/// <summary>Finds an image by whatever people call it, in docker's order: full id, name, start of an id.</summary>
internal static class ImageFinder
{
    /// <summary>
    /// Whether docker would take <paramref name="name"/> for an id of that image rather than one of its names.
    /// </summary>
    public static bool IsIdOf(Digest id, string name) =>
        name.Length > 0 && (id.Hex.StartsWith(name, StringComparison.Ordinal)
            || (name.Length > 7 && id.ToString().StartsWith(name, StringComparison.Ordinal)));

    /// <exception cref="ImageException">Invalid: not a name. NotFound: docker's words.</exception>
    public static Digest Find(LibraryState state, string name)
    {
        if ((Digest.TryParse(name, out var id) || Digest.TryParseHex(name, out id)) && state.Images.ContainsKey(id))
            return id;
        if (Reference.TryParse(name, out var reference) && FindNamed(state, reference) is { } named)
            return named;

        var matches = state.Images.Keys.Where(i => IsIdOf(i, name)).Take(2).ToList();
        if (matches.Count == 1)
            return matches[0];
        if (matches.Count > 1)
            throw new ImageException(ImageError.Invalid, $"several image ids start with \"{name}\": write more of it");
        throw NotFound(name, reference);
    }

    /// <summary>The image of that exact name; <c>latest</c> is assumed where it has neither tag nor digest.</summary>
    public static Digest? FindNamed(LibraryState state, Reference reference)
    {
        // With both, docker goes by the digest: the tag says only what it was called.
        var exact = reference.Digest is { } digest ? reference.WithDigest(digest) : reference.WithDefaultTag();
        return state.Names.TryGetValue(exact.ToString(), out var id) ? id : null;
    }

    private static ImageException NotFound(string name, Reference? reference)
    {
        if (reference is null && !Digest.TryParse(name, out _) && !Digest.TryParseHex(name, out _))
        {
            try
            {
                Reference.Parse(name);
            }
            catch (FormatException error)
            {
                return new ImageException(ImageError.Invalid, error.Message, error);
            }
        }

        return new ImageException(ImageError.NotFound,
            $"No such image: {reference?.WithDefaultTag().Familiar ?? name}");
    }
}
