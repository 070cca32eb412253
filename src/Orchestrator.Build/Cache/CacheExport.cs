using Orchestrator.Build.Execution;
using Orchestrator.Images;
using Orchestrator.Oci.Images;

namespace Orchestrator.Build.Cache;

/// <summary>Pushes an image where another build finds its layers by <c>--cache-from</c>.</summary>
internal sealed class CacheExport(BuildSession session, StageTable stages, Image image, BuildOutput output)
{
    public async Task PushAsync(CancellationToken cancellationToken)
    {
        foreach (var target in session.Request.CacheTo)
        {
            var reference = Reference.Parse(target.Name).WithDefaultTag();
            await output(new BuildMessage.Print($"Pushing the cache to {reference.Familiar}\n"));
            try
            {
                await (target.AllStages
                    ? PushAllAsync(reference, cancellationToken) : PushOneAsync(reference, cancellationToken));
            }
            catch (ImageException e) when (target.MayFail)
            {
                await output(new BuildMessage.Print($"[Warning] cannot push the cache: {e.Message}\n"));
            }
        }
    }

    private async Task PushOneAsync(Reference reference, CancellationToken cancellationToken)
    {
        var had = session.Images.TryFind(reference.ToString())?.Id;
        await session.Images.TagAsync(image.Id.ToString(), reference.ToString(), cancellationToken);
        try
        {
            await session.Images.PushAsync(
                reference.ToString(), session.Request.Credentials(reference.Domain), Progress(), cancellationToken);
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

    private async Task PushAllAsync(Reference reference, CancellationToken cancellationToken)
    {
        var lent = $"orch-cache-{Guid.NewGuid():N}";
        var before = session.Images.List().Select(other => other.Id).ToHashSet();
        try
        {
            var others = await new StageImages(session).AddOthersAsync(stages, lent, cancellationToken);
            await session.Images.PushTogetherAsync(
                reference.ToString(), [image, .. others], session.Request.Credentials(reference.Domain), Progress(),
                cancellationToken);
        }
        finally
        {
            await ForgetAsync(lent, before);
        }
    }

    /// <summary>The images were only for the push, unless they were there before it.</summary>
    private async Task ForgetAsync(string repository, HashSet<Digest> before)
    {
        var lent = session.Images.List().SelectMany(other => other.RepoTags.Select(tag => (other.Id, Tag: tag)))
            .Where(other => other.Tag.StartsWith($"{repository}:", StringComparison.Ordinal)).ToList();
        foreach (var (id, tag) in lent)
        {
            if (before.Contains(id))
                session.Workshop.Untag(tag);
            else
                await session.Images.RemoveAsync(tag, new RemoveOptions { UserOf = _ => null }, CancellationToken.None);
        }
    }

    private BaseImages.Reports Progress() => new(report => output(new BuildMessage.Transfer(report)));
}
