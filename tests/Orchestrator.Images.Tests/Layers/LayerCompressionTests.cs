using System.IO.Compression;
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
    [InlineData("gzip")]
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

    [Fact]
    public async Task Gzip_may_be_padded_as_tapes_are_but_not_end_within_its_checksum()
    {
        var packed = TarBuilder.Gzip("content"u8.ToArray());

        Assert.Equal("content"u8.ToArray(), await ReadAsync([.. packed, .. new byte[512]]));
        for (var missing = 1; missing <= 8; missing++)
            await Assert.ThrowsAsync<InvalidDataException>(() => ReadAsync(packed[..^missing]));
    }

    [RootFact]
    public async Task A_gzip_that_is_cut_where_an_entry_ends_is_no_shorter_image()
    {
        await using var node = await TestNode.StartAsync();
        var tar = new TarBuilder().File("first", "x").File("second", "y").Build();
        using var packed = new MemoryStream();
        await using var gzip = new GZipStream(packed, CompressionLevel.Fastest);
        await gzip.WriteAsync(tar.AsMemory(0, 1024)); // A header, and a block of content.
        await gzip.FlushAsync();

        var error = await Assert.ThrowsAsync<ImageException>(() => node.ImportAsync(packed.ToArray(), "short"));

        Assert.Equal(ImageError.Invalid, error.Error);
        Assert.Empty(node.Kept());
    }

    private static async Task<byte[]> ReadAsync(byte[] packed)
    {
        await using var plain = await LayerCompression.DecompressAsync(new MemoryStream(packed), default);
        using var read = new MemoryStream();
        await plain.CopyToAsync(read);
        return read.ToArray();
    }
}
