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
}
