using System.IO.Pipelines;
using System.Security.Cryptography;
using Orchestrator.Images;
using Orchestrator.Images.Distribution;
using Orchestrator.Images.Sharing;
using Orchestrator.Oci.Images;
using Orchestrator.Testing;

namespace Orchestrator.Registry.Tests;

public sealed class SharingTests : IAsyncLifetime
{
    private const string Name = IClusterRegistry.Domain + "/web:1";

    private RegistryHost registry = null!; // Set before each test, as the rest.
    private RegistryHost node = null!;
    private Descriptor layer = null!;
    private byte[] content = [];
    private int fromRegistry;

    public async Task InitializeAsync()
    {
        if (!Environment.IsPrivilegedProcess)
            return; // Every test says that it skips.
        (registry, node) = (await RegistryHost.StartAsync(), await RegistryHost.StartAsync());
        registry.Managers = node.Managers = [registry.Address];
        node.Images.Shared.Use(Shared);
        var text = Convert.ToBase64String(RandomNumberGenerator.GetBytes(600_000));
        var image = await PushPullTests.ImportAsync(registry.Images, Name, text);
        await registry.Images.PushAsync(Name, null, null, default);
        var manifest = ImageJson.ReadManifest(await registry.Images.Content.ReadAsync(image.Manifest.Digest, default));
        layer = manifest.Layers![0];
        await using var file = registry.Images.Content.OpenRead(layer.Digest);
        content = new byte[layer.Size];
        await file.ReadExactlyAsync(content);
        registry.RightsOf = (context, _) =>
        {
            if (context.Request.Path.Value!.Contains(layer.Digest.Hex, StringComparison.Ordinal))
                Interlocked.Increment(ref fromRegistry);
            return registry.Rights;
        };
    }

    public async Task DisposeAsync()
    {
        if (!Environment.IsPrivilegedProcess)
            return;
        await node.DisposeAsync();
        await registry.DisposeAsync();
    }

    [RootFact]
    public async Task A_layer_that_another_node_has_costs_the_registry_nothing()
    {
        var peers = Use((fault, _) => fault == PeerFault.None ? "a" : null, (_, offset) => From(content, offset));

        await PullAsync();

        Assert.Equal((0, "a", 0L), (fromRegistry, peers.Opened.Single().Node, peers.Opened.Single().Offset));
        Assert.Equal([true], peers.Ends);
    }

    [RootFact]
    public async Task When_a_node_breaks_off_the_next_goes_on_where_it_ended()
    {
        var peers = Use(
            (_, failed) => failed is null ? "a" : "b",
            (name, offset) => From(name == "a" ? content[..500_000] : content, offset));

        await PullAsync();

        Assert.Equal([("a", 0L), ("b", 500_000L)], peers.Opened);
        Assert.Equal((PeerFault.Broken, "a"), peers.Told[1]);
        Assert.Equal(0, fromRegistry);
    }

    [RootFact]
    public async Task The_registry_goes_on_where_nodes_ended()
    {
        Use((_, failed) => failed is null ? "a" : null, (_, offset) => From(content[..500_000], offset));

        await PullAsync();

        Assert.Equal(1, fromRegistry);
    }

    [RootTheory]
    [InlineData(PeerFault.Unreachable)]
    [InlineData(PeerFault.Missing)]
    [InlineData(PeerFault.Busy)]
    [InlineData(PeerFault.Broken)]
    [InlineData(PeerFault.Slow)]
    [InlineData(PeerFault.Damaged)]
    public async Task However_all_other_nodes_fail_the_pull_does_not(PeerFault fault)
    {
        var asked = 0;
        var damaged = content.ToArray();
        damaged[777_777] ^= 1;
        var peers = Use(
            (_, _) => asked++ < 20 ? $"n{asked}" : null,
            (_, offset) => fault switch
            {
                PeerFault.Broken => From([], 0),
                PeerFault.Slow => new Pipe().Reader.AsStream(),
                PeerFault.Damaged => From(damaged, offset),
                _ => throw new PeerException(fault, "no"),
            }, patienceSeconds: fault == PeerFault.Slow ? 0 : 60);

        await PullAsync();

        Assert.Equal(1, fromRegistry);
        Assert.All(peers.Told[1..], told => Assert.Equal(fault, told.Fault));
    }

    [RootFact]
    public async Task What_a_node_damaged_and_the_registry_went_on_with_is_found_out_and_begun_again()
    {
        var damaged = content.ToArray();
        damaged[7] ^= 1;
        var peers = Use(
            (_, failed) => failed is null ? "a" : null, (_, offset) => From(damaged[..500_000], offset));

        await PullAsync();

        Assert.Equal(2, fromRegistry);
        Assert.Equal(PeerFault.Damaged, peers.Told[^1].Fault);
    }

    [RootFact]
    public async Task The_last_byte_is_passed_on_only_when_the_whole_is_verified()
    {
        using var arrival = new BlobArrival(node.Images.Content, layer);
        using var given = arrival.OpenRead();
        await arrival.AppendAsync(content, default);

        Assert.Equal(content.Length - 1, await given.WaitAsync(0, default));
        var end = given.WaitAsync(content.Length - 1, default).AsTask();
        Assert.False(end.IsCompleted);

        Assert.True(arrival.TryVerify());
        Assert.Equal(content.Length, await end);
    }

    [RootFact]
    public async Task What_is_still_coming_is_passed_on()
    {
        var pipe = new Pipe();
        Use((fault, _) => fault == PeerFault.None ? "a" : null, (_, _) => pipe.Reader.AsStream());
        var pull = PullAsync();
        await pipe.Writer.WriteAsync(content.AsMemory(0, content.Length - 1));

        using var given = await OpenAsync();
        Assert.Equal(content[..^1], await ReadAsync(given, content.Length - 1));
        var end = given.WaitAsync(content.Length - 1, default).AsTask();
        Assert.False(end.IsCompleted, "the end is given before it is here");
        await pipe.Writer.WriteAsync(content.AsMemory(content.Length - 1));

        Assert.Equal(content.Length, await end);
        await pull;
    }

    [RootFact]
    public async Task Who_reads_what_turns_out_damaged_is_cut_off_before_the_end()
    {
        var damaged = content.ToArray();
        damaged[7] ^= 1;
        var pipe = new Pipe();
        Use((fault, _) => fault == PeerFault.None ? "a" : null, (_, _) => pipe.Reader.AsStream());
        var pull = PullAsync();
        await pipe.Writer.WriteAsync(damaged.AsMemory(0, damaged.Length - 1));
        using var given = await OpenAsync();
        await ReadAsync(given, damaged.Length - 1);

        await pipe.Writer.WriteAsync(damaged.AsMemory(damaged.Length - 1));

        Assert.Equal(0, await given.WaitAsync(damaged.Length - 1, default));
        await pull;
    }

    [RootFact]
    public async Task Only_what_came_from_the_clusters_registry_is_given_also_after_a_restart()
    {
        Use((_, _) => null, (_, _) => Stream.Null);
        var elsewhere = Name.Replace(IClusterRegistry.Domain, registry.Host, StringComparison.Ordinal);
        await node.Images.PullAsync(elsewhere, null, null, null, default);
        Assert.Null(node.Images.Shared.TryOpen(layer.Digest));
        await node.Images.RemoveAsync(elsewhere, new RemoveOptions { UserOf = _ => null }, default);

        await PullAsync();
        await node.StopAsync();
        await node.OpenAsync();
        node.Images.Shared.Use(Shared);

        Assert.Equal((layer.Digest, layer.Size), Assert.Single(node.Images.Shared.List()));
        using var given = node.Images.Shared.TryOpen(layer.Digest)!;
        Assert.Equal(content, await ReadAsync(given, content.Length));
    }

    [RootFact]
    public async Task What_came_from_one_cluster_is_not_given_to_the_next()
    {
        Use((_, _) => null, (_, _) => Stream.Null);
        await PullAsync();

        node.Images.Shared.Use(null);
        Assert.Null(node.Images.Shared.TryOpen(layer.Digest));
        File.Delete(Shared); // As leaving does.
        node.Images.Shared.Use(Shared);

        Assert.Empty(node.Images.Shared.List());
        Assert.Null(node.Images.Shared.TryOpen(layer.Digest));
    }

    [RootFact]
    public async Task A_list_that_a_crash_left_half_written_gives_what_can_be_read()
    {
        Use((_, _) => null, (_, _) => Stream.Null);
        await PullAsync();
        await File.AppendAllTextAsync(Shared, "sha256:12\n" + layer.Digest);

        node.Images.Shared.Use(Shared);

        Assert.Equal(layer.Digest, Assert.Single(node.Images.Shared.List()).Digest);
    }

    private string Shared => Path.Combine(node.DataRoot, "shared-blobs");

    private static MemoryStream From(byte[] bytes, long offset) => new(bytes[(int)offset..]);

    private ScriptedPeers Use(
        Func<PeerFault, string?, string?> find, Func<string, long, Stream> open, int patienceSeconds = 60)
    {
        var peers = new ScriptedPeers(find, open) { Patience = TimeSpan.FromSeconds(patienceSeconds) };
        node.Peers = peers;
        return peers;
    }

    private async Task PullAsync()
    {
        await node.Images.PullAsync(Name, null, null, null, default);
        await using var file = node.Images.Content.OpenRead(layer.Digest);
        Assert.Equal(layer.Digest, Digest.OfHash(await SHA256.HashDataAsync(file)));
    }

    /// <summary>Opens the layer as another node would, once its download has begun.</summary>
    private async Task<SharedContent> OpenAsync()
    {
        while (true)
        {
            if (node.Images.Shared.TryOpen(layer.Digest) is { } given)
                return given;
            await Task.Delay(10);
        }
    }

    private static async Task<byte[]> ReadAsync(SharedContent given, int count)
    {
        var bytes = new byte[count];
        for (var have = 0; have < count;)
        {
            var readable = await given.WaitAsync(have, default);
            Assert.True(readable > have, $"cut off after {have} bytes");
            have += given.Read(bytes.AsSpan(have, (int)Math.Min(readable, count) - have), have);
        }

        return bytes;
    }
}
