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
        foreach (var source in session.Request.CacheFrom)
        {
            foreach (var image in await FindAsync(session, source, cancellationToken))
            {
                var layers = await session.Workshop.LayersOfAsync(session.Lease, image, cancellationToken);
                images.Add(new CacheImages.Entry(image.Config, layers));
            }
        }

        return new CacheImages(images.ToImmutable());
    }

    private static async Task<ImmutableArray<Image>> FindAsync(
        BuildSession session, CacheSource source, CancellationToken cancellationToken)
    {
        var here = session.Images.TryFind(source.Name);
        if (here is not null && !source.AsksRegistry)
            return [here];
        try
        {
            return await session.Images.PullTogetherAsync(
                source.Name, session.Plan.Inputs.Platform,
                session.Request.Credentials(Reference.Parse(source.Name).Domain), cancellationToken);
        }
        catch (Exception e) when (e is ImageException or FormatException)
        {
            if (here is not null)
                return [here];
            var first = session.Plan.Needed.Min;
            await session.Output.WriteAsync(first, new BuildMessage.Print(
                $"[Warning] cannot use {source.Name} as a cache: {e.Message}\n"));
            return [];
        }
    }
}
