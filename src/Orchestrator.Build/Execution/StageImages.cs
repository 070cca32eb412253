using System.Collections.Immutable;
using Orchestrator.Build.Cache;
using Orchestrator.Images;
using Orchestrator.Oci.Images;

namespace Orchestrator.Build.Execution;

/// <summary>Makes images of what stages have come to.</summary>
internal sealed class StageImages(BuildSession session)
{
    /// <exception cref="ImageException">The disk is full.</exception>
    public async Task<Image> AddAsync(
        StageResult result, IEnumerable<string> names, CancellationToken cancellationToken)
    {
        if (result.IsItsBase)
        {
            // Nothing was added: it is the base itself.
            foreach (var name in names)
                await session.Images.TagAsync(result.Base!.Id.ToString(), name, cancellationToken);
            return session.Images.Find(result.Base!.Id.ToString());
        }

        var config = result.ToImage(session.Epoch ?? TimeOf(result));
        return await session.Workshop.AddAsync(session.Lease, config, result.Layers, names, cancellationToken);
    }

    /// <summary>The other stages that the target needed, less those that add nothing to their base.</summary>
    /// <param name="repository">Each is tagged with its number there.</param>
    public async Task<ImmutableArray<Image>> AddOthersAsync(
        StageTable stages, string repository, CancellationToken cancellationToken)
    {
        var images = ImmutableArray.CreateBuilder<Image>();
        foreach (var index in session.Plan.Needed.Remove(session.Plan.Target.Stage.Index))
        {
            var result = await stages.GetAsync(index, cancellationToken);
            if (!result.IsItsBase)
                images.Add(await AddAsync(result, [$"{repository}:{index}"], cancellationToken));
        }

        return images.ToImmutable();
    }

    /// <summary>The same image built again is the same image: it keeps the time it was first built at.</summary>
    private DateTimeOffset TimeOf(StageResult result)
    {
        using var key = new CacheKey("image 1")
            .Add(Digest.Of(ImageJson.Write(result.ToImage(created: null))).ToString());
        using var lease = session.Workshop.Lease();
        var record = session.Cache.Find(lease, key.ToString()) ?? session.Cache.Add(key.ToString(), null, "image");
        return DateTimeOffset.FromUnixTimeMilliseconds(record.CreatedAt.ToUnixTimeMilliseconds());
    }
}
