using Orchestrator.Oci.Images;
using Orchestrator.Testing;

namespace Orchestrator.Images.Tests;

public sealed class ImageServiceTests
{
    [RootFact]
    public async Task An_imported_tar_is_an_image_with_the_changes_asked_for()
    {
        await using var node = await TestNode.StartAsync();

        var image = await node.ImportAsync(new TarBuilder().Folder("bin").File("bin/busybox", "elf", 0x1ED).Build(), "web",
            "CMD [\"httpd\", \"-f\"]", "ENV A=1 B=\"two words\"", "EXPOSE 80 53/udp", "WORKDIR /srv", "LABEL a=b", "USER 1:2", "ENTRYPOINT busybox");

        var config = node.Images.Find("web").Config.Config!;
        Assert.Equal(image.Id, node.Images.Find("docker.io/library/web:latest").Id);
        Assert.Equal(["httpd", "-f"], config.Cmd!);
        Assert.Equal(["/bin/sh", "-c", "busybox"], config.Entrypoint!);
        Assert.Equal(["A=1", "B=two words"], config.Env!);
        Assert.Equal(["80/tcp", "53/udp"], config.ExposedPorts!.Keys);
        Assert.Equal(("/srv", "b", "1:2"), (config.WorkingDir, config.Labels!["a"], config.User));
        Assert.Equal(["web:latest"], image.RepoTags.ToArray());
        Assert.Equal(3, image.SizeBytes);
    }

    [RootFact]
    public async Task Images_survive_a_restart_and_share_the_layers_they_have_in_common()
    {
        await using var node = await TestNode.StartAsync();
        var tar = new TarBuilder().File("a", "1").Build();
        var one = await node.ImportAsync(tar, "one", "CMD a");
        var two = await node.ImportAsync(TarBuilder.Gzip(tar), "two", "CMD b");

        await node.RestartAsync();

        Assert.Equal([two.Id, one.Id], node.Images.List().Select(i => i.Id));
        var (first, second) = (await node.Images.PrepareAsync("c1", node.Images.Find("one"), default), await node.Images.PrepareAsync("c2", node.Images.Find("two"), default));
        Assert.Equal(first.LowerDirs.ToArray(), second.LowerDirs.ToArray());
        Assert.NotEqual(first.UpperDir, second.UpperDir);
        Assert.Equal(first.LowerDirs.ToArray(), node.Images.FindSnapshot("c1")!.LowerDirs.ToArray());
    }

    [RootTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_is_saved_can_be_loaded_elsewhere_with_the_same_id_and_files(bool compressed)
    {
        await using var here = await TestNode.StartAsync();
        await using var there = await TestNode.StartAsync();
        var image = await here.ImportAsync(new TarBuilder().File("a", "content").Build(), "web:1");
        await here.Images.TagAsync("web:1", "registry.orch:5000/web:2", default);
        await here.ImportAsync("other");
        using var archive = new MemoryStream();
        await here.Images.SaveAsync(["web:1", "registry.orch:5000/web", "other"], archive, default);

        var said = new List<string?>();
        var bytes = compressed ? TarBuilder.Gzip(archive.ToArray()) : archive.ToArray();
        var loaded = await there.Images.LoadAsync(new MemoryStream(bytes), new Listener(said), default);

        Assert.Equal([image.Id, here.Images.Find("other").Id], loaded.Select(i => i.Id));
        Assert.Equal(["Loaded image: web:1\n", "Loaded image: registry.orch:5000/web:2\n", "Loaded image: other:latest\n"], said);
        Assert.Equal(here.Images.Find("web:1").Manifest.Digest, there.Images.Find("web:1").Manifest.Digest);
        var snapshot = await there.Images.PrepareAsync("c", there.Images.Find("web:1"), default);
        Assert.Equal("content", await File.ReadAllTextAsync($"{snapshot.LowerDirs[0]}/a"));
        Assert.Equal(here.Kept().Where(k => k.Contains("blobs")).Select(Path.GetFileName), there.Kept().Where(k => k.Contains("blobs")).Select(Path.GetFileName));
    }

    [RootFact]
    public async Task An_oci_layout_without_dockers_list_is_loaded_too()
    {
        await using var here = await TestNode.StartAsync();
        await using var there = await TestNode.StartAsync();
        var image = await here.ImportAsync("web");
        using var archive = new MemoryStream();
        await here.Images.SaveAsync(["web"], archive, default);
        using var folder = new TemporaryFolder();
        await File.WriteAllBytesAsync(folder["a.tar"], archive.ToArray());
        using (var tar = System.Diagnostics.Process.Start("tar", ["--delete", "-f", folder["a.tar"], "manifest.json"]))
            await tar.WaitForExitAsync();

        await there.Images.LoadAsync(File.OpenRead(folder["a.tar"]), null, default);

        Assert.Equal(image.Id, there.Images.Find("web").Id);
    }

    [RootFact]
    public async Task The_last_name_takes_the_image_its_layers_and_its_blobs_with_it()
    {
        await using var node = await TestNode.StartAsync();
        var image = await node.ImportAsync("web");
        await node.Images.TagAsync("web", "web:2", default);

        var first = await node.Images.RemoveAsync("web:2", TestNode.Removal(), default);
        var second = await node.Images.RemoveAsync("web", TestNode.Removal(), default);

        Assert.Equal([new ImageDeletion(Untagged: "web:2")], first.ToArray());
        Assert.Equal([new(Untagged: "web:latest"), new(Deleted: image.Id.ToString()), new(Deleted: image.Config.RootFs.DiffIds[0].ToString())], second.ToArray());
        Assert.Empty(node.Kept());
    }

    [RootFact]
    public async Task A_layer_that_a_container_or_another_image_needs_stays()
    {
        await using var node = await TestNode.StartAsync();
        var image = await node.ImportAsync("web");
        var snapshot = await node.Images.PrepareAsync("c1", image, default);

        await node.Images.RemoveAsync("web", TestNode.Removal(force: true, new ImageUse("c1", Running: false)), default);
        Assert.True(File.Exists($"{snapshot.LowerDirs[0]}/etc/name"));

        await node.Images.RemoveSnapshotAsync("c1", default);
        await node.Images.CollectGarbageAsync(default);
        Assert.Empty(node.Kept());
    }

    [RootFact]
    public async Task What_a_crash_left_half_made_is_gone_after_the_next_start()
    {
        await using var node = await TestNode.StartAsync();
        await node.ImportAsync("web");
        var before = node.Kept();
        var snapshots = Path.Combine(node.DataRoot, "snapshots");
        Directory.CreateDirectory(Path.Combine(snapshots, "tmp", "9", "half"));
        Directory.CreateDirectory(Path.Combine(snapshots, "l", "z"));
        await File.WriteAllTextAsync(Path.Combine(snapshots, "chains", new string('0', 64)), "{\"Folder\":");
        await File.WriteAllTextAsync(Path.Combine(node.DataRoot, "content", "ingest", "7"), "half");

        await node.RestartAsync();

        Assert.Equal(before, node.Kept());
        Assert.NotNull(node.Images.TryFind("web"));
    }

    [RootFact]
    public async Task A_refused_archive_leaves_nothing_behind()
    {
        await using var node = await TestNode.StartAsync();
        var tar = new TarBuilder().File("a", new string('x', 5000)).Build();
        var gzip = TarBuilder.Gzip(new TarBuilder().File("a", string.Concat(Enumerable.Range(0, 5000))).Build());
        var flipped = (byte[])gzip.Clone();
        flipped[gzip.Length / 2] ^= 0xff;

        Assert.Equal(ImageError.Invalid, (await RefusedAsync(() => node.ImportAsync(tar[..2000], "a"))).Error);
        Assert.Equal(ImageError.Invalid, (await RefusedAsync(() => node.ImportAsync(gzip[..(gzip.Length / 2)], "a"))).Error);
        Assert.Equal(ImageError.Invalid, (await RefusedAsync(() => node.ImportAsync(flipped, "a"))).Error);
        Assert.Equal(ImageError.Invalid, (await RefusedAsync(() => node.ImportAsync("not a tar"u8.ToArray(), "a"))).Error);
        Assert.Equal(ImageError.Invalid, (await RefusedAsync(() => node.ImportAsync([], "a"))).Error);
        Assert.Equal(ImageError.Invalid, (await RefusedAsync(() => node.ImportAsync(tar, "web/B"))).Error);
        Assert.Equal(ImageError.Invalid, (await RefusedAsync(() => node.ImportAsync(tar, "a", "FROM x"))).Error);
        Assert.Equal(ImageError.Invalid, (await RefusedAsync(() => node.ImportAsync(new TarBuilder().File("ok", "").File("../x", "").Build(), "a"))).Error);
        Assert.Equal(ImageError.Invalid, (await RefusedAsync(() => node.Images.LoadAsync(new MemoryStream(tar), null, default))).Error);
        Assert.Empty(node.Kept());
        Assert.Empty(node.Images.List());
    }

    [RootFact]
    public async Task An_archive_whose_layer_is_not_the_one_its_configuration_names_is_refused()
    {
        await using var here = await TestNode.StartAsync();
        await using var there = await TestNode.StartAsync();
        var image = await here.ImportAsync("web");
        var forged = new TarBuilder()
            .File("config.json", System.Text.Encoding.UTF8.GetString(ImageJson.Write(image.Config)))
            .File("layer.tar", System.Text.Encoding.UTF8.GetString(new TarBuilder().File("etc/name", "evil").Build()))
            .File("manifest.json", """[{"Config":"config.json","RepoTags":["web:latest"],"Layers":["layer.tar"]}]""").Build();

        var error = await RefusedAsync(() => there.Images.LoadAsync(new MemoryStream(forged), null, default));

        Assert.Equal(ImageError.Damaged, error.Error);
        Assert.Empty(there.Kept());
    }

    private static async Task<ImageException> RefusedAsync(Func<Task> action)
    {
        var error = await Assert.ThrowsAsync<ImageException>(action);
        Assert.DoesNotContain('\n', error.Message);
        return error;
    }

    private sealed class Listener(List<string?> said) : IProgress<ImageProgress>
    {
        public void Report(ImageProgress value) => said.Add(value.Stream);
    }
}
