using Microsoft.AspNetCore.Http;
using Orchestrator.Engine;
using Orchestrator.EngineApi.Http;
using Orchestrator.Images;
using Orchestrator.Oci.Images;

namespace Orchestrator.EngineApi.Images;

/// <summary>Whether an image is of the platform that was asked for: each is of one alone here.</summary>
internal static class PlatformCheck
{
    /// <summary>What <c>?platform=</c> names; null: nothing.</summary>
    /// <exception cref="FormatException">It is no platform.</exception>
    public static Platform? Asked(HttpContext http) =>
        http.Query("platform") is { Length: > 0 } text ? Platform.Parse(text) : null;

    /// <summary>The image, which is of the platform that <c>?platform=</c> names, if any.</summary>
    /// <exception cref="EngineException">It is of another: NotFound.</exception>
    public static Image Check(HttpContext http, string reference, Image image)
    {
        if (http.Query("platform") is { Length: > 0 } platform)
            Check(reference, image, [platform]);
        return image;
    }

    /// <param name="image">Null: that there is none is for others to say.</param>
    /// <param name="platforms">One of these; none: any.</param>
    /// <exception cref="EngineException">It is of another: NotFound, so that clients pull the right one.</exception>
    public static void Check(string reference, Image? image, IReadOnlyList<string> platforms)
    {
        if (image is null || platforms.Count == 0 || platforms.Any(platform => IsOf(image, platform)))
            return;
        throw new EngineException(
            EngineError.NotFound,
            $"image with reference {reference} was found but does not provide the specified platform "
            + $"({string.Join(", ", platforms)}): it is of {image.Config.Platform}");
    }

    private static bool IsOf(Image image, string platform) =>
        platform == image.Config.Os || Platform.Parse(platform).Accepts(image.Config.Platform);
}
