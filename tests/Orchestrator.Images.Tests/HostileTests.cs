using FsCheck;
using FsCheck.Fluent;
using Orchestrator.Images.Tar;
using Orchestrator.Oci.Images;
using Orchestrator.Testing;

namespace Orchestrator.Images.Tests;

/// <summary>Images made by somebody who means harm: a clear error, and nothing kept.</summary>
public sealed class HostileTests
{
    [RootTheory]
    [InlineData("gzip")]
    [InlineData("zstd")]
    [InlineData("xz")]
    public async Task A_layer_that_unpacks_to_more_than_is_allowed_is_refused_before_it_fills_the_disk(string program)
    {
        using var folder = new TemporaryFolder();
        await using var images = await ImageService.OpenAsync(
            new ImageOptions { DataRoot = folder["data"], MaxLayerBytes = 1 << 20 }, null, TimeProvider.System, default);
        var bomb = await Compressed.ByAsync(program, new TarBuilder().File("zeros", new string('\0', 32 << 20)).Build());

        var error = await Assert.ThrowsAsync<ImageException>(() => images.ImportAsync(new MemoryStream(bomb), new ImportOptions(), null, default));

        Assert.Contains("unpacks to more than", error.Message, StringComparison.Ordinal);
        Assert.Empty(images.Content.List());
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder["data/snapshots/tmp"]));
    }

    [RootTheory]
    [InlineData("../outside", "")]
    [InlineData("a/../../outside", "")]
    [InlineData("device", "0:0")]
    [InlineData("hard", "link:../../etc/passwd")]
    [InlineData("hard", "link:/etc/passwd")]
    public async Task An_archive_that_reaches_out_is_refused_whole(string name, string what)
    {
        await using var node = await TestNode.StartAsync();
        var entry = what.Split(':') switch
        {
            ["link", var target] => new TarEntry { Name = name, Kind = TarKind.HardLink, LinkName = target },
            ["0", "0"] => new TarEntry { Name = name, Kind = TarKind.CharacterDevice },
            _ => new TarEntry { Name = name, Kind = TarKind.File },
        };

        var error = await Assert.ThrowsAsync<ImageException>(() => node.ImportAsync(new TarBuilder().File("first", "x").Add(entry).Build(), "evil"));

        Assert.Equal(ImageError.Invalid, error.Error);
        Assert.DoesNotContain('\n', error.Message);
        Assert.Empty(node.Kept());
    }

    [RootFact]
    public async Task An_index_within_an_index_within_an_index_is_followed_so_far_and_no_farther()
    {
        await using var node = await TestNode.StartAsync();
        var archive = new TarBuilder();
        var inner = new ImageIndex { MediaType = MediaTypes.OciIndex, Manifests = [] };
        for (var i = 0; i < 20; i++)
        {
            var json = ImageJson.Write(inner);
            archive.File($"blobs/sha256/{Digest.Of(json).Hex}", System.Text.Encoding.UTF8.GetString(json));
            inner = new ImageIndex { MediaType = MediaTypes.OciIndex, Manifests = [Descriptor.Of(json, MediaTypes.OciIndex)] };
        }

        var tar = archive.File("index.json", System.Text.Encoding.UTF8.GetString(ImageJson.Write(inner))).Build();
        var error = await Assert.ThrowsAsync<ImageException>(() => node.Images.LoadAsync(new MemoryStream(tar), null, default));

        Assert.Contains("no image for", error.Message, StringComparison.Ordinal);
        Assert.Empty(node.Kept());
    }

    [Fact]
    public void Whatever_text_is_no_reference_is_refused_and_what_is_one_reads_back_the_same() => Prop.ForAll(
        ArbMap.Default.ArbFor<string>(), noise =>
        {
            var parts = (string[])["", "registry:5000/", "a/b", ":", "@", "sha256:", new string('a', 64), noise ?? "", "..", "A", "-"];
            var text = string.Concat(Enumerable.Range(0, 5).Select(i => parts[Math.Abs(HashCode.Combine(noise, i)) % parts.Length]));
            return !Reference.TryParse(text, out var name)
                || (Reference.TryParse(name.ToString(), out var again) && again.Equals(name));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void No_bytes_whatever_make_the_readers_of_manifests_fail_in_another_way_than_their_own() => Prop.ForAll(
        ArbMap.Default.ArbFor<byte[]>(), ArbMap.Default.ArbFor<PositiveInt>(), (noise, seed) =>
        {
            var json = ImageJson.Write(new Manifest { Config = Descriptor.Of("{}"u8, MediaTypes.OciConfig), Layers = [Descriptor.Of("x"u8, MediaTypes.OciLayer)], Annotations = new() { ["a"] = "b" } });
            for (var i = 0; i < noise.Length; i++)
                json[(int)((seed.Get * 7919L) + (i * 104729L)) % json.Length & int.MaxValue] = noise[i];
            return Fine(() => ImageJson.ReadManifest(json)) && Fine(() => ImageJson.ReadIndex(json)) && Fine(() => ImageJson.ReadConfig(json));
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(40)]
    [InlineData(1_000_000)]
    public void Json_that_nests_without_end_is_refused(int depth)
    {
        var json = System.Text.Encoding.ASCII.GetBytes("{\"annotations\":" + string.Concat(Enumerable.Repeat("{\"a\":", depth)));

        Assert.Throws<FormatException>(() => ImageJson.ReadManifest(json));
    }

    private static bool Fine(Action read) => Record.Exception(read) is null or FormatException;
}
