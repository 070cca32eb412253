using Orchestrator.Oci.Images;
using Orchestrator.Testing;

namespace Orchestrator.Images.Tests;

public sealed class StoreCheckerTests
{
    [RootFact]
    public async Task What_is_whole_has_no_faults()
    {
        await using var node = await TestNode.StartAsync();
        await node.ImportAsync("web:1");

        var found = await node.Images.CheckAsync(repair: false, default);

        Assert.Empty(found.Faults);
        Assert.Equal((3, 1, 1), (found.Blobs, found.Images, found.Layers));
        Assert.Equal(node.Images.Content.List().Sum(d => node.Images.Content.SizeOf(d)), found.Bytes);
    }

    [RootFact]
    public async Task A_flipped_bit_is_found_named_with_its_image_and_deleted_when_asked()
    {
        await using var node = await TestNode.StartAsync();
        var image = await node.ImportAsync("web:1");
        var layer = (await LayersAsync(node, image)).Single();
        var path = Path.Combine(node.DataRoot, "content/blobs/sha256", layer.Hex);
        var bytes = await File.ReadAllBytesAsync(path);
        bytes[100] ^= 1;
        await File.WriteAllBytesAsync(path, bytes);

        var found = await node.Images.CheckAsync(repair: false, default);
        var repaired = await node.Images.CheckAsync(repair: true, default);
        var after = await node.Images.CheckAsync(repair: false, default);

        var fault = Assert.Single(found.Faults);
        Assert.Equal((0, layer), (found.Removed, fault.Damaged!.Value));
        Assert.Contains("orch rmi -f web:1 && orch pull web:1", fault.Remedy, StringComparison.Ordinal);
        Assert.Equal(1, repaired.Removed);
        Assert.Contains("is named and not there", Assert.Single(after.Faults).What, StringComparison.Ordinal);
        await node.Images.RemoveAsync("web:1", TestNode.Removal(), default);
        await node.ImportAsync("web:1");
        Assert.Empty((await node.Images.CheckAsync(repair: false, default)).Faults);
    }

    [RootFact]
    public async Task A_file_that_is_no_blob_is_found()
    {
        await using var node = await TestNode.StartAsync();
        await File.WriteAllTextAsync(Path.Combine(node.DataRoot, "content/blobs/sha256/notes"), "x");

        Assert.Contains("notes is no blob", Assert.Single((await node.Images.CheckAsync(repair: false, default)).Faults).What, StringComparison.Ordinal);
    }

    private static async Task<IEnumerable<Digest>> LayersAsync(TestNode node, Image image) =>
        ImageJson.ReadManifest(await node.Images.Content.ReadAsync(image.Manifest.Digest, default)).Layers!.Select(l => l.Digest);
}
