using System.Text;
using Orchestrator.Images.Layers;
using Orchestrator.Testing;

namespace Orchestrator.Images.Tests.Layers;

public sealed class LayerCompressionTests
{
    [RootTheory]
    [InlineData("gzip")]
    [InlineData("zstd")]
    [InlineData("xz")]
    [InlineData("bzip2")]
    public async Task A_compressed_tar_unpacks_to_the_layer_of_the_plain_one(string program)
    {
        await using var node = await TestNode.StartAsync();
        var tar = new TarBuilder().File("a", string.Concat(Enumerable.Range(0, 100_000))).Build();

        var plain = await node.ImportAsync(tar, "plain");
        var packed = await node.ImportAsync(await Compressed.ByAsync(program, tar), "packed");

        Assert.Equal(plain.Config.RootFs.DiffIds, packed.Config.RootFs.DiffIds);
        Assert.Single(node.Kept(), k => k.Contains("/snapshots/l/", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("zstd")]
    [InlineData("xz")]
    [InlineData("bzip2")]
    public async Task Streams_after_one_another_are_read_and_one_that_is_cut_off_or_damaged_is_refused(string program)
    {
        var one = await Compressed.ByAsync(program, Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 5000))));

        Assert.Equal(2 * 18890, (await ReadAsync([.. one, .. one])).Length);
        for (var length = 7; length < one.Length; length += one.Length / 7)
            await RefusedAsync(one[..length]);
        one[one.Length / 2] ^= 0x55;
        await RefusedAsync(one);

        static Task RefusedAsync(byte[] bytes) =>
            Assert.ThrowsAsync<InvalidDataException>(() => ReadAsync(bytes));
    }

    [Fact]
    public async Task An_xz_stream_that_asks_for_gigabytes_of_memory_is_refused()
    {
        var bytes = await Compressed.ByAsync("xz", new byte[1000], "--lzma2=dict=1536MiB");

        var error = await Assert.ThrowsAsync<InvalidDataException>(() => ReadAsync(bytes));

        Assert.Contains("128 MiB of memory", error.Message, StringComparison.Ordinal);
    }

    private static async Task<byte[]> ReadAsync(byte[] packed)
    {
        await using var plain = await LayerCompression.DecompressAsync(new MemoryStream(packed), default);
        using var read = new MemoryStream();
        await plain.CopyToAsync(read);
        return read.ToArray();
    }
}
