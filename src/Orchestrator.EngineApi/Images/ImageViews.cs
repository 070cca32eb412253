using Orchestrator.Images;

namespace Orchestrator.EngineApi.Images;

/// <summary>Images as docker shows them.</summary>
internal static class ImageViews
{
    public static Api.ImageSummary Summary(Image image) => new()
    {
        Id = image.Id.ToString(),
        ParentId = image.Parent?.ToString() ?? "",
        RepoTags = [.. image.RepoTags],
        RepoDigests = [.. image.RepoDigests],
        Created = image.Created.ToUnixTimeSeconds(),
        Size = image.SizeBytes,
        Labels = image.Config.Config?.Labels,
    };

    /// <summary>As clients of before API 1.43 expect what has no name at all.</summary>
    public static Api.ImageSummary Placeholders(Api.ImageSummary image) =>
        image.RepoTags.Length + image.RepoDigests.Length > 0 ? image
        : image with { RepoTags = ["<none>:<none>"], RepoDigests = ["<none>@<none>"] };

    public static Api.ImageInspect Inspect(Image image) => new()
    {
        Id = image.Id.ToString(),
        RepoTags = [.. image.RepoTags],
        RepoDigests = [.. image.RepoDigests],
        Parent = image.Parent?.ToString() ?? "",
        Comment = image.Config.Comment is { Length: > 0 } comment ? comment
            : image.Config.History?.LastOrDefault()?.Comment ?? "",
        Created = Api.UtcTimeConverter.Format(image.Created),
        DockerVersion = image.Config.DockerVersion ?? "",
        Author = image.Config.Author ?? "",
        Config = Config(image.Config.Config ?? new Oci.Images.ContainerConfig()),
        Architecture = image.Config.Architecture,
        Variant = image.Config.Variant,
        Os = image.Config.Os,
        Size = image.SizeBytes,
        GraphDriver = new() { Name = "overlay2", Data = [] },
        RootFS = new() { Layers = [.. image.Config.RootFs.DiffIds.Select(digest => digest.ToString())] },
        Metadata = new() { LastTagTime = image.LastTagTime },
    };

    /// <param name="containers">The ids of those that were made of it.</param>
    public static Api.ManifestSummary Manifest(
        Image image, ImageContent content, IEnumerable<string> containers) => new()
    {
        ID = image.Manifest.Digest.ToString(),
        Descriptor = Descriptor(image.Manifest),
        Available = content.IsWhole,
        Size = new() { Content = content.Bytes, Total = content.Bytes + image.SizeBytes },
        ImageData = new()
        {
            Platform = Platform(image.Config.Platform),
            Size = new() { Unpacked = image.SizeBytes },
            Containers = [.. containers],
        },
    };

    public static Api.ImageHistoryItem History(ImageHistoryLine line) => new()
    {
        Id = line.Id,
        Created = line.Created.ToUnixTimeSeconds(),
        CreatedBy = line.CreatedBy,
        Tags = line.Tags.IsDefaultOrEmpty ? null : [.. line.Tags],
        Size = line.SizeBytes,
        Comment = line.Comment,
    };

    public static Api.ImageDeleteItem Deletion(ImageDeletion gone) =>
        new() { Untagged = gone.Untagged, Deleted = gone.Deleted };

    public static Api.DistributionInspect Distribution(ResolvedImage image) => new()
    {
        Descriptor = Descriptor(image.Descriptor),
        Platforms = [.. image.Platforms.Select(Platform)],
    };

    private static Api.DistributionDescriptor Descriptor(Oci.Images.Descriptor descriptor) => new()
    {
        MediaType = descriptor.MediaType, Digest = descriptor.Digest.ToString(), Size = descriptor.Size,
    };

    private static Api.ImagePlatform Platform(Oci.Images.Platform platform) => new()
    {
        Architecture = platform.Architecture, Os = platform.Os, Variant = platform.Variant,
    };

    private static Api.ContainerConfig Config(Oci.Images.ContainerConfig config) => new()
    {
        Hostname = config.Hostname ?? "",
        Domainname = config.Domainname ?? "",
        User = config.User ?? "",
        ExposedPorts = Set(config.ExposedPorts?.Keys),
        Env = config.Env,
        Cmd = config.Cmd,
        Volumes = Set(config.Volumes?.Keys),
        WorkingDir = config.WorkingDir ?? "",
        Entrypoint = config.Entrypoint,
        OnBuild = config.OnBuild,
        Labels = config.Labels,
        StopSignal = config.StopSignal,
        Shell = config.Shell,
        Healthcheck = config.Healthcheck is { } health
            ? new()
            {
                Test = health.Test,
                Interval = health.Interval,
                Timeout = health.Timeout,
                StartPeriod = health.StartPeriod,
                StartInterval = health.StartInterval,
                Retries = health.Retries,
            }
            : null,
    };

    private static Dictionary<string, Api.EmptyObject>? Set(IEnumerable<string>? keys) =>
        keys?.ToDictionary(key => key, _ => new Api.EmptyObject());
}
