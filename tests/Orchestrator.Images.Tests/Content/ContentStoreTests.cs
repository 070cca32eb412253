using System.Text;
using Orchestrator.Images.Content;
using Orchestrator.Oci.Images;

namespace Orchestrator.Images.Tests.Content;

public sealed class ContentStoreTests : IDisposable
{
    private static readonly byte[] Hello = Encoding.UTF8.GetBytes("hello");

    private readonly TemporaryFolder folder = new();
    private readonly ContentStore store;
    private readonly Named named = new();

    public ContentStoreTests()
    {
        store = ContentStore.Open(folder["content"]);
        store.AddRoots("test", named);
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Of_callers_that_race_on_one_digest_one_reads_and_all_find_the_blob()
    {
        using var lease = store.Lease();

        var wrote = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(async () =>
            await store.IngestAsync(lease, new MemoryStream(Hello), Descriptor.Of(Hello, ""), default))));

        Assert.Single(wrote, w => w);
        Assert.Equal(Hello, await store.ReadAsync(Digest.Of(Hello), default));
    }

    [Theory]
    [InlineData("hello", 4, "more than the announced 4 bytes")]
    [InlineData("hello", 6, "ended after 5 of 6 bytes")]
    [InlineData("hallo", 5, "does not match its digest")]
    public async Task Bytes_that_are_not_those_promised_are_refused_and_not_kept(string bytes, long size, string words)
    {
        using var lease = store.Lease();
        var promised = new Descriptor { Digest = Digest.Of(Hello), Size = size };

        var error = await Assert.ThrowsAsync<ImageException>(async () =>
            await store.IngestAsync(lease, new MemoryStream(Encoding.UTF8.GetBytes(bytes)), promised, default));

        Assert.Equal(ImageError.Damaged, error.Error);
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Directory.EnumerateFiles(folder["content"], "*", SearchOption.AllDirectories), f => !f.Contains("owners"));
    }

    [Fact]
    public async Task A_collection_leaves_what_is_leased_or_named_with_all_that_it_names()
    {
        var lease = store.Lease();
        var layer = await store.IngestAsync(lease, Hello, MediaTypes.OciLayer, default);
        var config = await store.IngestAsync(lease, "{}"u8.ToArray(), MediaTypes.OciConfig, default);
        var manifest = await store.IngestAsync(
            lease, ImageJson.Write(new Manifest { Config = config, Layers = [layer] }), MediaTypes.OciManifest, default);
        Assert.Equal(0, await store.CollectAsync(default));

        named.Blobs.Add(manifest);
        lease.Dispose();
        Assert.Equal(0, await store.CollectAsync(default));

        named.Blobs.Clear();
        Assert.Equal(layer.Size + config.Size + manifest.Size, await store.CollectAsync(default));
        Assert.Empty(store.List());
    }

    [Fact]
    public async Task A_blob_that_becomes_named_in_the_midst_of_a_collection_stays()
    {
        using (var lease = store.Lease())
            await store.IngestAsync(lease, Hello, "", default);
        // As the roots are read, somebody leases the blob, names it and ends the lease: the list read does not have it.
        named.WhileRead = () =>
        {
            using var lease = store.Lease();
            Assert.True(lease.Pin(Digest.Of(Hello)));
        };

        Assert.Equal(0, await store.CollectAsync(default));
        Assert.True(store.Contains(Digest.Of(Hello)));
    }

    [Fact]
    public async Task Nothing_is_collected_before_all_that_ever_named_blobs_are_back()
    {
        using (var lease = store.Lease())
            await store.IngestAsync(lease, Hello, "", default);
        store.AddRoots("registry", new Named { Blobs = { Descriptor.Of(Hello, "") } });

        var reopened = ContentStore.Open(folder["content"]);
        reopened.AddRoots("test", named);
        Assert.Equal(0, await reopened.CollectAsync(default));
        Assert.True(reopened.Contains(Digest.Of(Hello)));

        reopened.RemoveRoots("registry");
        Assert.Equal(Hello.Length, await reopened.CollectAsync(default));
    }

    private sealed class Named : IContentRoots
    {
        public List<Descriptor> Blobs { get; } = [];

        public Action? WhileRead { get; set; }

        public IEnumerable<Descriptor> Roots()
        {
            var now = Blobs.ToList();
            WhileRead?.Invoke();
            return now;
        }
    }
}
