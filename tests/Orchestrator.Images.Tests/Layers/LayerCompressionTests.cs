using System.Diagnostics;
using Orchestrator.Testing;

namespace Orchestrator.Images.Tests.Layers;

public sealed class LayerCompressionTests
{
    [RootTheory]
    [InlineData("gzip")]
    [InlineData("zstd")]
    public async Task A_compressed_tar_unpacks_to_the_layer_of_the_plain_one(string program)
    {
        await using var node = await TestNode.StartAsync();
        var tar = new TarBuilder().File("a", string.Concat(Enumerable.Range(0, 100_000))).Build();

        var plain = await node.ImportAsync(tar, "plain");
        var packed = await node.ImportAsync(await CompressAsync(program, tar), "packed");

        Assert.Equal(plain.Config.RootFs.DiffIds, packed.Config.RootFs.DiffIds);
        Assert.Single(node.Kept(), k => k.Contains("/snapshots/l/", StringComparison.Ordinal));
    }

    [RootFact]
    public async Task A_compression_we_do_not_read_is_named_with_the_way_around_it()
    {
        await using var node = await TestNode.StartAsync();

        var error = await Assert.ThrowsAsync<ImageException>(() => node.ImportAsync([0xfd, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0, 0], "x"));

        Assert.Contains("xz -d", error.Message, StringComparison.Ordinal);
    }

    private static async Task<byte[]> CompressAsync(string program, byte[] plain)
    {
        using var process = Process.Start(new ProcessStartInfo(program, ["-c"]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        using var packed = new MemoryStream();
        var reading = process.StandardOutput.BaseStream.CopyToAsync(packed);
        await process.StandardInput.BaseStream.WriteAsync(plain);
        process.StandardInput.Close();
        await reading;
        return packed.ToArray();
    }
}
