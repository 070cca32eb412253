using Orchestrator.Build.Cache;
using Orchestrator.Build.Syntax;
using Orchestrator.Images;
using Orchestrator.Images.Building;
using Orchestrator.Testing;

namespace Orchestrator.Build.Tests.Cache;

public sealed class BuildCacheTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("orch-cache-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [RootFact]
    public async Task What_came_of_a_step_is_found_by_the_next_daemon_and_kept_from_collection()
    {
        var (first, images) = await OpenAsync();
        var layer = await MakeAsync(images);
        first.Add("aa", layer, "RUN x");
        first.Add("bb", null, "RUN nothing");

        var (second, later) = await OpenAsync();
        await later.CollectGarbageAsync(CancellationToken.None);

        using var lease = later.Workshop.Lease();
        Assert.Equal(layer, second.Find(lease, "aa")?.Layer);
        Assert.NotNull(second.Find(lease, "bb"));
        Assert.Null(second.Find(lease, "cc"));
    }

    [RootFact]
    public async Task What_was_dropped_is_collected()
    {
        var (cache, images) = await OpenAsync();
        var layer = await MakeAsync(images);
        cache.Add("aa", layer, "RUN x");

        cache.Drop("aa");
        await images.CollectGarbageAsync(CancellationToken.None);

        using var lease = images.Workshop.Lease();
        Assert.False(images.Workshop.Pin(lease, layer));
    }

    [RootFact]
    public async Task A_record_that_was_cut_off_or_has_lost_its_layer_is_no_record()
    {
        var (cache, images) = await OpenAsync();
        cache.Add("aa", await MakeAsync(images), "RUN x");
        await File.WriteAllTextAsync(Path.Combine(folder, "cache", "bb"), "{\"Key\":");
        Directory.Delete(Path.Combine(folder, "data", "snapshots", "l"), recursive: true);

        var (later, _) = await OpenAsync();

        Assert.Empty(later.List());
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(folder, "cache")));
    }

    [RootFact]
    public async Task What_is_over_the_limit_goes_folders_too_the_older_first()
    {
        var (_, images) = await OpenAsync();
        var store = BuildStore.Open(Path.Combine(folder, "b"), Path.Combine(folder, "r"), images, TimeProvider.System);
        var paths = new List<string>();
        foreach (var (name, age) in new[] { ("old", 2), ("new", 1) })
            paths.Add(await FillAsync(store.Folders, name, age));
        var pruner = new CachePruner(store, images);

        await pruner.LimitAsync(150_000, grown: false, CancellationToken.None);
        Assert.Equal(2, store.Folders.List().Count);
        await pruner.LimitAsync(150_000, grown: true, CancellationToken.None);

        Assert.Equal([paths[1]], store.Folders.List());
    }

    private static async Task<string> FillAsync(CacheFolders folders, string name, int hours)
    {
        using var use = await folders.EnterAsync(
            name, CacheSharing.Shared, path => File.WriteAllBytesAsync(Path.Combine(path, "f"), new byte[100_000]),
            CancellationToken.None);
        Directory.SetLastWriteTimeUtc(use.Path, DateTime.UtcNow.AddHours(-hours));
        return use.Path;
    }

    private async Task<(BuildCache Cache, ImageService Images)> OpenAsync()
    {
        var images = await ImageService.OpenAsync(
            new ImageOptions { DataRoot = Path.Combine(folder, "data") }, null, TimeProvider.System, CancellationToken.None);
        return (BuildCache.Open(Path.Combine(folder, "cache"), images.Workshop, TimeProvider.System), images);
    }

    private static async Task<MadeLayer> MakeAsync(ImageService images)
    {
        using var lease = images.Workshop.Lease();
        var snapshot = await images.Workshop.PrepareAsync("b-1", null, CancellationToken.None);
        await File.WriteAllTextAsync(Path.Combine(snapshot.UpperDir, "file"), "content");
        var layer = await images.Workshop.CommitAsync(
            lease, snapshot, null, new LayerWriting(), CancellationToken.None);
        await images.Workshop.RemoveAsync("b-1");
        return layer!;
    }
}
