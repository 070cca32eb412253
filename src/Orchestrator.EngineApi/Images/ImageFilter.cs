using System.IO.Enumeration;
using Orchestrator.EngineApi.Containers;
using Orchestrator.Images;

namespace Orchestrator.EngineApi.Images;

/// <summary>What <c>images --filter</c> selects.</summary>
internal static class ImageFilter
{
    public static bool Matches(Api.Filters filters, Image image, ImageService images, TimeProvider time) =>
        filters["label"].All(label => ContainerFilter.HasLabel(image.Config.Config?.Labels ?? [], label))
        && (!filters.Has("dangling") || filters["dangling"].Any(value => image.IsDangling == value is "true" or "1"))
        && (!filters.Has("reference")
            || filters["reference"].Any(pattern => image.RepoTags.Any(tag => IsNamed(tag, pattern))))
        && filters["before"].All(name => image.Created < images.Find(name).Created)
        && filters["since"].All(name => image.Created > images.Find(name).Created)
        && filters["until"].All(until => image.Created < PruneFilter.Until(until, time.GetUtcNow()));

    /// <summary>Of an image with several names, those that were asked for.</summary>
    public static Api.ImageSummary NamesOf(Api.Filters filters, Api.ImageSummary image) => !filters.Has("reference") ? image
        : image with
        {
            RepoTags = [.. image.RepoTags.Where(tag => filters["reference"].Any(pattern => IsNamed(tag, pattern)))],
            RepoDigests =
            [
                .. image.RepoDigests.Where(digest => filters["reference"].Any(pattern =>
                    FileSystemName.MatchesSimpleExpression(
                        pattern, digest.AsSpan(0, digest.IndexOf('@')), ignoreCase: false))),
            ],
        };

    /// <summary>A pattern without a tag matches any.</summary>
    private static bool IsNamed(string tag, string pattern)
    {
        var repository = tag[..tag.LastIndexOf(':')];
        return FileSystemName.MatchesSimpleExpression(pattern, tag, ignoreCase: false)
            || FileSystemName.MatchesSimpleExpression(pattern, repository, ignoreCase: false);
    }
}
