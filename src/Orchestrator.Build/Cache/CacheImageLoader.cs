using System.Collections.Immutable;
using Orchestrator.Build.Execution;
using Orchestrator.Images;
using Orchestrator.Oci.Images;

namespace Orchestrator.Build.Cache;

/// <summary>Fetches the images that <c>--cache-from</c> names. One that cannot be had is no reason to fail.</summary>
internal static class CacheImageLoader
{
    public static async Task<CacheImages> LoadAsync(BuildSession session, CancellationToken cancellationToken)
    {
        var images = ImmutableArray.CreateBuilder<CacheImages.Entry>();
        foreach (var name in session.Request.CacheFrom)
        {
            if (await FindAsync(session, name, cancellationToken) is not { } image)
                continue;
            var layers = await session.Workshop.LayersOfAsync(session.Lease, image, cancellationToken);
            images.Add(new CacheImages.Entry(image.Config, layers));
        }

        return new CacheImages(images.ToImmutable());
    }

    private static async Task<Image?> FindAsync(
        BuildSession session, string name, CancellationToken cancellationToken)
    {
        try
        {
            return session.Images.TryFind(name) ?? await session.Images.PullAsync(
                name, session.Plan.Inputs.Platform, session.Request.Credentials(Reference.Parse(name).Domain), null,
                cancellationToken);
        }
        catch (Exception e) when (e is ImageException or FormatException)
        {
            var first = session.Plan.Needed.Min;
            await session.Output.WriteAsync(first, new BuildMessage.Print(
                $"[Warning] cannot use {name} as a cache: {e.Message}\n"));
            return null;
        }
    }
}
