using Orchestrator.Engine;
using Orchestrator.Images;

namespace Orchestrator.EngineApi.Containers;

/// <summary>Whether an image is of the platform that was asked for.</summary>
internal static class PlatformCheck
{
    /// <exception cref="EngineException">It is of another: NotFound, so that clients pull the right one.</exception>
    public static void Check(string reference, Image? image, string platform)
    {
        if (image is null)
            return; // That there is none is the create's to say.
        var wanted = platform.ToLowerInvariant().Split('/');
        var (os, architecture) = wanted.Length > 1 ? (wanted[0], wanted[1])
            : wanted[0] == "linux" ? ("linux", image.Config.Architecture) : ("linux", wanted[0]);
        if (image.Config.Os == os && image.Config.Architecture == Known(architecture))
            return;
        throw new EngineException(
            EngineError.NotFound,
            $"image with reference {reference} was found but does not provide the specified platform ({platform}): "
            + $"it is of {image.Config.Os}/{image.Config.Architecture}");
    }

    private static string Known(string architecture) => architecture switch
    {
        "x86_64" or "x86-64" => "amd64",
        "aarch64" => "arm64",
        _ => architecture,
    };
}
