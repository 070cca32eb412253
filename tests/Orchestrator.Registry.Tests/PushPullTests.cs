using System.Diagnostics;
using System.Net;
using Orchestrator.Images;
using Orchestrator.Images.Distribution;
using Orchestrator.Testing;

namespace Orchestrator.Registry.Tests;

public sealed class PushPullTests
{
    [RootFact]
    public async Task What_is_pushed_by_one_node_is_pulled_by_another_by_tag_and_by_digest()
    {
        await using var registry = await RegistryHost.StartAsync();
        await using var here = await RegistryHost.StartAsync();
        await using var there = await RegistryHost.StartAsync();
        var name = $"{registry.Host}/team/web:1";
        var image = await ImportAsync(here.Images, name, "hello");

        var said = new List<ImageProgress>();
        await here.Images.PushAsync(name, null, new Listener(said), default);
        var pulled = await there.Images.PullAsync(name, null, null, new Listener(said), default);

        Assert.Equal(image.Id, pulled.Id);
        Assert.Equal([name], pulled.RepoTags.ToArray());
        Assert.Equal([$"{registry.Host}/team/web@{image.Manifest.Digest}"], pulled.RepoDigests.ToArray());
        Assert.Contains(said, p => p.Pushed == new PushedImage("1", image.Manifest.Digest.ToString(), image.Manifest.Size));
        Assert.Contains(said, p => p.Status == "Pull complete");
        Assert.Contains(said, p => p.Status == $"Status: Downloaded newer image for {name}");
        var snapshot = await there.Images.PrepareAsync("c", pulled, default);
        Assert.Equal("hello", await File.ReadAllTextAsync($"{snapshot.LowerDirs[0]}/file"));

        var resolved = await there.Images.ResolveAsync(name, null, default);
        Assert.Equal(image.Manifest.Digest, resolved.Descriptor.Digest);
        Assert.Equal("linux/amd64", Assert.Single(resolved.Platforms).ToString());
        Assert.Equal(image.Id, (await there.Images.PullAsync(resolved.Reference.ToString(), null, null, null, default)).Id);
    }

    [RootFact]
    public async Task Images_that_are_pushed_together_come_back_together_and_by_the_name_the_first()
    {
        await using var registry = await RegistryHost.StartAsync();
        await using var here = await RegistryHost.StartAsync();
        await using var there = await RegistryHost.StartAsync();
        var name = $"{registry.Host}/cache:1";
        Image[] images = [await ImportAsync(here.Images, "first", "1"), await ImportAsync(here.Images, "second", "2")];

        await here.Images.PushTogetherAsync(name, images, null, null, default);

        Assert.Equal(images[0].Id, (await there.Images.PullAsync(name, null, null, null, default)).Id);
        Assert.Equal(
            images.Select(image => image.Id),
            (await there.Images.PullTogetherAsync(name, null, null, default)).Select(image => image.Id));
        await here.Images.TagAsync("second", $"{registry.Host}/alone:1", default);
        await here.Images.PushAsync($"{registry.Host}/alone:1", null, null, default);
        Assert.Equal(
            [images[1].Id],
            (await there.Images.PullTogetherAsync($"{registry.Host}/alone:1", null, null, default)).Select(i => i.Id));
    }

    [RootFact]
    public async Task A_pulled_image_survives_the_restart_of_the_registry_and_a_collection_of_garbage()
    {
        await using var registry = await RegistryHost.StartAsync();
        await using var node = await RegistryHost.StartAsync();
        await ImportAsync(node.Images, $"{registry.Host}/web", "hello");
        await node.Images.PushAsync($"{registry.Host}/web", null, null, default);

        await registry.StopAsync();
        await registry.OpenAsync();
        await registry.Images.CollectGarbageAsync(default);
        await node.Images.RemoveAsync($"{registry.Host}/web", new RemoveOptions { UserOf = _ => null }, default);
        Assert.Empty(node.Images.Content.List());

        Assert.NotNull(await node.Images.PullAsync($"{registry.Host}/web", null, null, null, default));
    }

    [RootFact]
    public async Task An_image_pushed_to_one_manager_is_pulled_from_any_while_a_minority_is_dead()
    {
        var hosts = await RegistryHost.StartClusterAsync(3);
        await using var a = hosts[0];
        await using var b = hosts[1];
        await using var c = hosts[2];
        await using var worker = await RegistryHost.StartAsync();
        worker.Managers = [a.Address, b.Address, c.Address];
        const string name = IClusterRegistry.Domain + "/web:1";
        var first = await ImportAsync(a.Images, name, "one");
        await a.Images.PushAsync(name, null, null, default);

        await a.StopAsync();
        Assert.Equal(first.Id, (await worker.Images.PullAsync(name, null, null, null, default)).Id);

        // A newer one is pushed while the first manager is dead; when it is back, it must not serve the old one.
        var second = await ImportAsync(b.Images, name, "two");
        await b.Images.PushAsync(name, null, null, default);
        await a.OpenAsync();
        await worker.Images.PullAsync(name, null, null, null, default);
        Assert.Equal(second.Id, worker.Images.Find(name).Id);

        await c.StopAsync();
        await a.Registry.SyncAsync(default);
        await b.StopAsync();
        Assert.Equal(second.Id, (await worker.Images.PullAsync(name, null, null, null, default)).Id);
    }

    [RootFact]
    public async Task A_push_that_reaches_no_majority_is_refused_and_moves_no_tag()
    {
        var hosts = await RegistryHost.StartClusterAsync(3);
        await using var a = hosts[0];
        await using var b = hosts[1];
        await using var c = hosts[2];
        var name = $"{a.Host}/web:1";
        await ImportAsync(a.Images, name, "one");
        await b.StopAsync();
        await c.StopAsync();

        var error = await Assert.ThrowsAsync<ImageException>(() => a.Images.PushAsync(name, null, null, default));

        Assert.Contains("is on 1 of 3 managers", error.Message, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await a.Http.GetAsync(a.Url("/v2/web/manifests/1"))).StatusCode);
    }

    [RootFact]
    public async Task A_name_without_a_registry_is_found_in_the_clusters()
    {
        await using var registry = await RegistryHost.StartAsync();
        await using var node = await RegistryHost.StartAsync();
        registry.Managers = node.Managers = [registry.Address];
        var image = await ImportAsync(registry.Images, IClusterRegistry.Domain + "/web", "x");
        await registry.Images.PushAsync(IClusterRegistry.Domain + "/web", null, null, default);

        Assert.Equal(image.Id, (await node.Images.PullAsync("web", null, null, null, default)).Id);
        Assert.Equal(image.Id, node.Images.Find("web:latest").Id);
    }

    [RootFact]
    public async Task What_cannot_be_pulled_is_an_error_of_one_line_and_leaves_nothing()
    {
        await using var registry = await RegistryHost.StartAsync();
        await using var node = await RegistryHost.StartAsync();

        var unknown = await Assert.ThrowsAsync<ImageException>(() => node.Images.PullAsync($"{registry.Host}/no/such:1", null, null, null, default));
        var dead = await Assert.ThrowsAsync<ImageException>(() => node.Images.PullAsync("127.0.0.1:1/x", null, null, null, default));
        var alone = await Assert.ThrowsAsync<ImageException>(() => node.Images.PullAsync("registry.orch:5000/x", null, null, null, default));
        registry.Rights = RegistryRights.None;
        var denied = await Assert.ThrowsAsync<ImageException>(() => node.Images.PullAsync($"{registry.Host}/x", null, null, null, default));

        Assert.Equal((ImageError.NotFound, ImageError.Unavailable, ImageError.Unavailable, ImageError.Denied), (unknown.Error, dead.Error, alone.Error, denied.Error));
        Assert.StartsWith($"manifest for {registry.Host}/no/such:1 not found", unknown.Message, StringComparison.Ordinal);
        Assert.All(new[] { unknown, dead, alone, denied }, e => Assert.DoesNotContain('\n', e.Message));
        Assert.Empty(node.Images.Content.List());
    }

    internal static async Task<Image> ImportAsync(ImageService images, string name, string content)
    {
        var folder = Directory.CreateTempSubdirectory("orch-rootfs-").FullName;
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder, "file"), content);
            using var tar = Process.Start(new ProcessStartInfo("tar", ["-C", folder, "-cf", "-", "."]) { RedirectStandardOutput = true })!;
            return await images.ImportAsync(tar.StandardOutput.BaseStream, new ImportOptions { Reference = name, Changes = ["CMD [\"true\"]"] }, null, default);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private sealed class Listener(List<ImageProgress> said) : IProgress<ImageProgress>
    {
        public void Report(ImageProgress value)
        {
            lock (said)
                said.Add(value);
        }
    }
}
