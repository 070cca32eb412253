using Orchestrator.Oci.Images;

namespace Orchestrator.Images;

/// <summary>Names as users type them.</summary>
internal static class ImageNames
{
    /// <exception cref="ImageException">Invalid, in docker's words.</exception>
    public static Reference Parse(string text)
    {
        try
        {
            return Reference.Parse(text);
        }
        catch (FormatException error)
        {
            throw new ImageException(ImageError.Invalid, error.Message, error);
        }
    }

    /// <summary>A name for a new image; tag <c>latest</c> where it has none.</summary>
    /// <exception cref="ImageException">Invalid: not a name, or one with a digest.</exception>
    public static Reference ParseTag(string text)
    {
        var name = Parse(text);
        return name.Digest is null ? name.WithDefaultTag()
            : throw new ImageException(ImageError.Invalid, $"a new image cannot be named by a digest: {text}");
    }
}
