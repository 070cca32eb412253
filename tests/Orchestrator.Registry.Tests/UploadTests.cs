using System.Globalization;
using System.Security.Cryptography;
using Orchestrator.Images;
using Orchestrator.Images.Distribution;
using Orchestrator.Testing;

namespace Orchestrator.Registry.Tests;

/// <summary>How our client brings blobs to registries over connections that break.</summary>
public sealed class UploadTests
{
    private const int Mebibyte = 1 << 20;

    [RootFact]
    public async Task An_upload_goes_on_where_the_connection_broke()
    {
        await using var registry = await RegistryHost.StartAsync();
        await using var here = await RegistryHost.StartAsync(uploadChunkBytes: Mebibyte);
        await using var there = await RegistryHost.StartAsync();
        await using var proxy = new CuttingProxy(registry.Address);
        var (image, size) = await LargeImageAsync(here, $"{proxy.Host}/web:1");
        // In the first chunk, in a later one, and in the last request. Two tries are all that a host here has, but
        // those that brought something are not counted.
        proxy.CutAt(Mebibyte / 2, size / 2, size - 200_000);

        await here.Images.PushAsync($"{proxy.Host}/web:1", null, null, default);

        Assert.Equal(0, proxy.CutsLeft);
        Assert.InRange(proxy.Sent, size, size + 3 * Mebibyte); // At each cut a chunk that nobody had taken yet.
        Assert.Equal(image.Id, (await there.Images.PullAsync($"{registry.Host}/web:1", null, null, null, default)).Id);
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(registry.DataRoot, "content", "ingest")));
    }

    [RootFact]
    public async Task An_upload_whose_manager_is_gone_is_begun_anew_at_another()
    {
        var hosts = await RegistryHost.StartClusterAsync(2);
        await using var first = hosts[0];
        await using var second = hosts[1];
        await using var here = await RegistryHost.StartAsync(uploadChunkBytes: Mebibyte);
        await using var proxy = new CuttingProxy(first.Address) { DiesAtCut = true };
        here.Managers = [new Uri($"http://{proxy.Host}"), second.Address];
        const string name = IClusterRegistry.Domain + "/web:1";
        var (image, _) = await LargeImageAsync(here, name);
        proxy.CutAt(3 * Mebibyte);

        await here.Images.PushAsync(name, null, null, default);

        Assert.Equal(0, proxy.CutsLeft);
        second.Managers = [second.Address];
        Assert.Equal(image.Id, (await second.Images.PullAsync(name, null, null, null, default)).Id);
    }

    [RootFact]
    public async Task A_connection_that_always_breaks_is_an_error_of_one_line()
    {
        await using var registry = await RegistryHost.StartAsync();
        await using var here = await RegistryHost.StartAsync(uploadChunkBytes: Mebibyte);
        await using var proxy = new CuttingProxy(registry.Address);
        await LargeImageAsync(here, $"{proxy.Host}/web:1");
        proxy.CutAt(Enumerable.Range(0, 50).Select(i => 50_000L + (i * 1000)));

        var error = await Assert.ThrowsAsync<ImageException>(
            () => here.Images.PushAsync($"{proxy.Host}/web:1", null, null, default));

        Assert.Equal(ImageError.Unavailable, error.Error);
        Assert.StartsWith($"the connection to registry {proxy.Host} broke off: ", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [RootFact]
    public async Task A_registry_that_refuses_chunks_gets_the_blob_in_one_piece()
    {
        await using var registry = await PeculiarRegistry.StartAsync(new() { Refused = "PATCH" });

        var size = await PushAsync(registry);

        Assert.Equal(size, registry.Blobs.Values.Max(b => (long)b.Length));
        Assert.Contains($"PUT {size}", registry.Log);
    }

    [RootFact]
    public async Task Chunks_are_as_large_as_the_registry_wants_them()
    {
        const long least = 5 * Mebibyte / 2;
        await using var registry = await PeculiarRegistry.StartAsync(new() { MinChunkBytes = least });

        var size = await PushAsync(registry);

        Assert.Equal(
            [$"PATCH {least}", $"PATCH {least}", $"PUT {size - (2 * least)}"],
            registry.Log.Where(l => !l.EndsWith($" {registry.Blobs.Values.Min(b => b.Length)}", StringComparison.Ordinal)));
    }

    [RootFact]
    public async Task An_upload_that_the_registry_forgot_is_begun_anew()
    {
        await using var registry = await PeculiarRegistry.StartAsync(new() { ForgetsAfter = 2 });

        var size = await PushAsync(registry);

        Assert.Contains(registry.Blobs.Values, b => b.Length == size);
    }

    [RootFact]
    public async Task A_blob_that_arrived_is_not_sent_again_because_its_answer_was_lost()
    {
        await using var registry = await PeculiarRegistry.StartAsync(new() { LosesAnswer = true });

        var size = await PushAsync(registry);

        Assert.Equal(
            size + registry.Blobs.Values.Min(b => b.Length),
            registry.Log.Sum(l => long.Parse(l.Split(' ')[1], CultureInfo.InvariantCulture)));
    }

    [RootFact]
    public async Task A_password_goes_to_the_registry_alone_wherever_it_has_uploads_sent()
    {
        var login = Convert.ToBase64String("u:secret"u8);
        await using var elsewhere = await PeculiarRegistry.StartAsync(new());
        await using var registry = await PeculiarRegistry.StartAsync(new()
        {
            Elsewhere = $"http://{elsewhere.Host}", Authorization = $"Basic {login}",
        });

        await Assert.ThrowsAsync<ImageException>(() => PushAsync(registry, new RegistryCredentials("u", "secret", null)));

        Assert.NotEmpty(elsewhere.Shown);
        Assert.All(elsewhere.Shown, Assert.Empty);
        Assert.Contains($"Basic {login}", registry.Shown);
    }

    /// <returns>The size of the layer that is sent in chunks.</returns>
    private static async Task<long> PushAsync(PeculiarRegistry registry, RegistryCredentials? credentials = null)
    {
        await using var here = await RegistryHost.StartAsync(uploadChunkBytes: Mebibyte);
        var (_, size) = await LargeImageAsync(here, $"{registry.Host}/a:1");
        await here.Images.PushAsync($"{registry.Host}/a:1", credentials, null, default);
        return size;
    }

    /// <summary>An image with a layer of some six megabytes.</summary>
    private static async Task<(Image Image, long Size)> LargeImageAsync(RegistryHost host, string name)
    {
        var image = await PushPullTests.ImportAsync(
            host.Images, name, Convert.ToBase64String(RandomNumberGenerator.GetBytes(9 * Mebibyte / 2)));
        return (image, host.Images.Content.List().Max(d => host.Images.Content.SizeOf(d) ?? 0));
    }
}
