using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Orchestrator.Build.Cache;
using Orchestrator.Engine;
using Orchestrator.Engine.Containers;
using Orchestrator.EngineApi.Containers;
using Orchestrator.EngineApi.Http;
using Orchestrator.EngineApi.Images;
using Orchestrator.EngineApi.Volumes;
using Orchestrator.Linux.Files;

namespace Orchestrator.EngineApi.Host;

/// <summary>What takes up room on this host.</summary>
internal sealed class DiskUsageRoutes(EngineApiContext context)
{
    private static readonly string[] Types = ["container", "image", "volume", "build-cache"];

    private readonly ContainerEngine engine = context.Engine;

    public void Map(IEndpointRouteBuilder routes) => routes.MapGet("/system/df", AnswerAsync);

    private async Task AnswerAsync(HttpContext http)
    {
        var asked = http.Request.Query["type"].OfType<string>().ToList();
        if (asked.Find(type => !Types.Contains(type)) is { } unknown)
            throw EngineException.Invalid($"unknown object type: {unknown}; use {string.Join(", ", Types)}");
        var report = new Api.DiskUsage();
        var records = engine.List();
        // Folders are walked: not on the thread that other answers wait for.
        await Task.Run(
            () =>
            {
                if (Wants("image"))
                    AddImages(report, records);
                if (Wants("container"))
                    report.Containers = [.. records.Select(View)];
                if (Wants("volume"))
                    report.Volumes = [.. engine.Volumes.List().Select(volume => View(volume, records))];
                if (Wants("build-cache"))
                    AddBuildCache(report);
            },
            http.RequestAborted);
        await http.WriteJsonAsync(report, Api.ApiJson.Wire.DiskUsage);

        bool Wants(string type) => asked.Count == 0 || asked.Contains(type);
    }

    private void AddImages(Api.DiskUsage report, IReadOnlyList<ContainerRecord> records)
    {
        var layers = engine.Images.MeasureLayers();
        report.LayersSize = layers.TotalBytes;
        report.Images =
        [
            .. engine.Images.List().Select(image => ImageViews.Summary(image) with
            {
                Containers = records.Count(record => record.ImageId == image.Id.ToString()),
                SharedSize = layers.SharedBytes.GetValueOrDefault(image.Id),
            }),
        ];
    }

    private void AddBuildCache(Api.DiskUsage report)
    {
        report.BuildCache = [.. new CachePruner(context.Builder.Store, engine.Images).List().Select(View)];
        report.BuilderSize = report.BuildCache.Where(item => !item.Shared).Sum(item => item.Size);
    }

    private static Api.BuildCacheRecord View(CacheItem item) => new()
    {
        ID = item.Id,
        Type = item.Kind,
        Description = item.Description,
        Shared = item.IsShared,
        Size = item.SizeBytes,
        CreatedAt = item.CreatedAt,
        LastUsedAt = item.LastUsedAt,
        UsageCount = item.Uses,
    };

    private Api.ContainerSummary View(ContainerRecord record)
    {
        var own = engine.SizeOf(record);
        var image = engine.Images.TryFind(record.ImageId)?.SizeBytes ?? 0;
        return ContainerViews.Summary(record, context.Time.GetUtcNow(), []) with
        {
            SizeRw = own, SizeRootFs = own + image,
        };
    }

    private Api.Volume View(Engine.Volumes.VolumeRecord volume, IReadOnlyList<ContainerRecord> records)
    {
        var path = engine.Volumes.PathOf(volume.Name);
        return VolumeViews.Of(volume, path) with
        {
            UsageData = new()
            {
                RefCount = records.Count(record => record.Mounts.Any(mount => mount.Name == volume.Name)),
                Size = TreeSize.Of(path),
            },
        };
    }
}
