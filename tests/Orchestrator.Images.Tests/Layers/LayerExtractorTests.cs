using Orchestrator.Images.Layers;
using Orchestrator.Images.Tar;
using Orchestrator.Linux.Files;
using Orchestrator.Testing;

namespace Orchestrator.Images.Tests.Layers;

public sealed class LayerExtractorTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly List<string> layers = []; // Top first.

    public LayerExtractorTests() => File.WriteAllText(folder["outside"], "untouched");

    public void Dispose()
    {
        Assert.Equal("untouched", File.ReadAllText(folder["outside"]));
        folder.Dispose();
    }

    [RootFact]
    public async Task Modes_owners_times_and_attributes_are_those_of_the_archive()
    {
        var time = DateTimeOffset.UnixEpoch.AddSeconds(1_000_000);
        var capability = new byte[] { 1, 0, 0, 2, 0, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 };
        var top = await UnpackAsync(new TarBuilder()
            .Add(new TarEntry { Name = "d", Kind = TarKind.Directory, Mode = 0x3FF, Uid = 7, Modified = time })
            .Add(new TarEntry { Name = "d/suid", Kind = TarKind.File, Mode = 0x9ED, Uid = 5, Gid = 6, Modified = time }, "x")
            .Add(new TarEntry { Name = "d/ping", Kind = TarKind.File, Mode = 0x1ED, Xattrs = new Dictionary<string, byte[]> { ["security.capability"] = capability } })
            .Add(new TarEntry { Name = "d/null", Kind = TarKind.CharacterDevice, DeviceMajor = 1, DeviceMinor = 3, Mode = 0x1B6 })
            .HardLink("d/again", "d/suid"));

        var (d, suid, nul) = (Stat(top, "d"), Stat(top, "d/suid"), Stat(top, "d/null"));
        Assert.Equal((0x3FFu, 7u, 1_000_000L), (d.Permissions, d.Uid, d.ModifySeconds));
        Assert.Equal((0x9EDu, 5u, 6u, 1_000_000L, 2ul), (suid.Permissions, suid.Uid, suid.Gid, suid.ModifySeconds, suid.Links));
        Assert.Equal((FileKind.CharacterDevice, 1u, 3u), (nul.Kind, nul.Major, nul.Minor));
        Assert.Equal(capability, ExtendedAttributes.Get($"{top}/d/ping", "security.capability"));
    }

    [RootFact]
    public async Task A_whiteout_hides_what_is_below_and_nothing_of_its_own_layer()
    {
        await UnpackAsync(new TarBuilder().Folder("d").File("d/old", "1").File("d/kept", "1").File("top", "1"));

        var top = await UnpackAsync(new TarBuilder()
            .File("d/.wh.old", "").File("d/.wh.never-was", "").File(".wh.top", "").File("top", "2").File("d/.wh.new", "").File("d/new", "2"));

        Assert.True(LayerLookup.IsWhiteout(Stat(top, "d/old")));
        Assert.False(File.Exists($"{top}/d/never-was"));
        Assert.Equal("2", await File.ReadAllTextAsync($"{top}/top"));
        Assert.Equal(["kept", "new"], Union("d"));
    }

    [RootFact]
    public async Task An_opaque_folder_shows_only_its_own_files_in_whatever_order_it_says_so()
    {
        await UnpackAsync(new TarBuilder().Folder("d").File("d/old", "1").Folder("e").File("e/old", "1"));

        await UnpackAsync(new TarBuilder()
            .Folder("d").File("d/new", "2").File("d/.wh..wh..opq", "")
            .File(".wh.e", "").Folder("e").File("e/new", "2"));

        Assert.Equal(["new"], Union("d"));
        Assert.Equal(["new"], Union("e"));
    }

    [RootFact]
    public async Task A_folder_that_the_layer_leaves_out_has_the_attributes_it_has_below()
    {
        await UnpackAsync(new TarBuilder().Folder("./", 0x1C9).Folder("private", 0x1C0).File("private/a", "1"));

        var top = await UnpackAsync(new TarBuilder().File("private/b", "2"));

        Assert.Equal(0x1C0u, Stat(top, "private").Permissions);
        Assert.Equal(0x1C9u, Stat(top, ".").Permissions);
    }

    [RootFact]
    public async Task A_symbolic_link_of_a_lower_layer_is_followed_and_not_shadowed()
    {
        await UnpackAsync(new TarBuilder().Folder("usr").Folder("usr/bin", 0x1E8).Symlink("bin", "usr/bin").Symlink("abs", "/../../usr/./bin"));

        var top = await UnpackAsync(new TarBuilder().File("bin/one", "1").File("abs/two", "2"));

        Assert.Equal(["one", "two"], Directory.EnumerateFiles($"{top}/usr/bin").Select(f => Path.GetFileName(f)).Order());
        Assert.False(Path.Exists($"{top}/bin"));
        Assert.Equal(0x1E8u, Stat(top, "usr/bin").Permissions);
    }

    [RootFact]
    public async Task The_union_that_we_work_out_is_the_one_that_the_kernel_mounts()
    {
        await UnpackAsync(new TarBuilder().Folder("a").File("a/1", "").File("a/2", "").Folder("b").File("b/1", "").Symlink("l", "a"));
        await UnpackAsync(new TarBuilder().File("a/.wh.1", "").File("l/3", "").Folder("b").File("b/.wh..wh..opq", "").File("b/2", ""));
        await UnpackAsync(new TarBuilder().File("a/1", "").File(".wh.b", ""));

        Assert.Equal(["1", "2", "3"], Union("a"));
        Assert.Equal(["a", "l"], Union("."));
    }

    [RootTheory]
    [InlineData("../outside", "")]
    [InlineData("a/../../outside", "")]
    [InlineData("a/..", "")]
    public async Task A_name_with_two_dots_is_refused(string name, string content) =>
        Assert.Contains("\"..\"", (await RefusedAsync(new TarBuilder().File(name, content))).Message, StringComparison.Ordinal);

    [RootFact]
    public async Task An_absolute_name_is_inside_the_image()
    {
        var top = await UnpackAsync(new TarBuilder().File("/etc/x", "in").File($"//{folder["outside"]}", "in"));

        Assert.Equal("in", await File.ReadAllTextAsync($"{top}/etc/x"));
        Assert.Equal("in", await File.ReadAllTextAsync($"{top}/{folder["outside"]}"));
    }

    [RootFact]
    public async Task Writing_through_a_symbolic_link_stays_inside_the_image()
    {
        var top = await UnpackAsync(new TarBuilder()
            .Symlink("up", "../../../../..").File("up/outside", "in")
            .Symlink("abs", folder.Path).File("abs/outside", "in")
            .Symlink("file", folder["outside"]).File("file", "in"));

        Assert.Equal("in", await File.ReadAllTextAsync($"{top}/outside"));
        Assert.Equal("in", await File.ReadAllTextAsync($"{top}{folder.Path}/outside"));
        Assert.Equal("in", await File.ReadAllTextAsync($"{top}/file"));
    }

    [RootFact]
    public async Task A_hard_link_to_the_outside_is_refused()
    {
        await RefusedAsync(new TarBuilder().HardLink("x", "../outside"));
        await RefusedAsync(new TarBuilder().HardLink("x", folder["outside"]));
        await RefusedAsync(new TarBuilder().Symlink("l", folder.Path).HardLink("x", "l/outside"));
    }

    [RootFact]
    public async Task Links_in_circles_and_folders_that_are_files_are_refused()
    {
        Assert.Contains("circles", (await RefusedAsync(new TarBuilder().Symlink("a", "b").Symlink("b", "a").File("a/x", ""))).Message, StringComparison.Ordinal);
        Assert.Contains("is a file", (await RefusedAsync(new TarBuilder().File("a", "").File("a/x", ""))).Message, StringComparison.Ordinal);
    }

    [RootFact]
    public async Task A_forged_whiteout_device_and_too_many_entries_are_refused()
    {
        await RefusedAsync(new TarBuilder().Add(new TarEntry { Name = "w", Kind = TarKind.CharacterDevice }));
        var many = new TarBuilder();
        for (var i = 0; i <= 100; i++)
            many.File($"f{i}", "");
        Assert.Contains("more than 100", (await RefusedAsync(many)).Message, StringComparison.Ordinal);
    }

    [RootFact]
    public async Task The_last_entry_of_a_name_wins()
    {
        var top = await UnpackAsync(new TarBuilder()
            .File("x", "1").Folder("x").File("x/y", "2").File("x", "3").HardLink("x", "x").Symlink("z", "x").File("z", "4"));

        Assert.Equal("3", await File.ReadAllTextAsync($"{top}/x"));
        Assert.Equal("4", await File.ReadAllTextAsync($"{top}/z"));
    }

    private async Task<string> UnpackAsync(TarBuilder tar)
    {
        var target = folder[$"layer{layers.Count}"];
        Directory.CreateDirectory(target);
        using var extractor = new LayerExtractor(target, [.. layers], maxEntries: 100);
        await extractor.ExtractAsync(new TarReader(new MemoryStream(tar.Build())), default);
        layers.Insert(0, target);
        return target;
    }

    private async Task<TarException> RefusedAsync(TarBuilder tar)
    {
        var target = folder[Guid.NewGuid().ToString()];
        Directory.CreateDirectory(target);
        using var extractor = new LayerExtractor(target, [], maxEntries: 100);
        return await Assert.ThrowsAsync<TarException>(
            () => extractor.ExtractAsync(new TarReader(new MemoryStream(tar.Build())), default));
    }

    private static FileStatus Stat(string layer, string path)
    {
        using var handle = DirectoryHandle.Open(layer);
        Assert.True(handle.TryStat(path, out var status), path);
        return status;
    }

    /// <summary>The names in a folder, as the kernel's overlay shows them, in a mount namespace of its own.</summary>
    private List<string> Union(string path)
    {
        Directory.CreateDirectory(folder["mnt"]);
        var script = $"mount -t overlay overlay -o lowerdir={string.Join(':', layers)}:{folder["mnt"]} {folder["mnt"]} && ls -A1 {folder["mnt"]}/{path}";
        using var shell = System.Diagnostics.Process.Start(
            new System.Diagnostics.ProcessStartInfo("unshare", ["-m", "sh", "-c", script]) { RedirectStandardOutput = true })!;
        var names = shell.StandardOutput.ReadToEnd();
        shell.WaitForExit();
        Assert.Equal(0, shell.ExitCode);
        return [.. names.Split('\n', StringSplitOptions.RemoveEmptyEntries)];
    }
}
