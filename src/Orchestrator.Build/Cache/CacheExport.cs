using Orchestrator.Build.Execution;
using Orchestrator.Images;
using Orchestrator.Oci.Images;

namespace Orchestrator.Build.Cache;

/// <summary>Pushes an image where another build finds its layers by <c>--cache-from</c>.</summary>
internal static class CacheExport
{
    public static async Task PushAsync(
        BuildSession session, Image image, BuildOutput output, CancellationToken cancellationToken)
    {
        foreach (var name in session.Request.CacheTo)
        {
            var reference = Reference.Parse(name).WithDefaultTag();
            var had = session.Images.TryFind(reference.ToString())?.Id;
            await session.Images.TagAsync(image.Id.ToString(), reference.ToString(), cancellationToken);
            try
            {
                await output(new BuildMessage.Print($"Pushing the cache to {reference.Familiar}\n"));
                var progress = new BaseImages.Reports(report => output(new BuildMessage.Transfer(report)));
                await session.Images.PushAsync(
                    reference.ToString(), session.Request.Credentials(reference.Domain), progress, cancellationToken);
            }
            finally
            {
                // The name was only for the push, unless it is one of the image's own.
                if (had is { } before && before != image.Id)
                    await session.Images.TagAsync(before.ToString(), reference.ToString(), CancellationToken.None);
                else if (had is null)
                    session.Workshop.Untag(reference.ToString());
            }
        }
    }
}
