using Orchestrator.Images;
using Orchestrator.Oci.Images;
using Orchestrator.Testing;

namespace Orchestrator.Registry.Tests;

/// <summary>A cache before another of our registries.</summary>
public sealed class PullThroughTests
{
    private const int LargeBytes = 3 << 20;

    [Fact]
    public async Task What_the_upstream_has_is_pulled_through_and_then_again_without_it()
    {
        await using var upstream = await RegistryHost.StartAsync();
        await using var cache = await CacheOfAsync(upstream);
        var digest = await new SpecClient(upstream, "team/x").PushImageAsync("1");
        var spec = new SpecClient(cache, "team/x");

        var first = await PullAsync(spec, "1");
        await upstream.StopAsync();
        var again = await PullAsync(spec, "1");
        var unknown = await spec.SendAsync("GET", "manifests/2");

        Assert.Equal((200, digest.ToString(), null), (first.Status, first["Docker-Content-Digest"], first["Warning"]));
        Assert.Equal((200, digest.ToString()), (again.Status, again["Docker-Content-Digest"]));
        Assert.Contains("cannot be reached: this is what it last had", again["Warning"], StringComparison.Ordinal);
        Assert.Equal("""{"name":"team/x","tags":["1"]}""", (await spec.SendAsync("GET", "tags/list")).Text);
        Assert.Equal((503, "UNAVAILABLE"), (unknown.Status, unknown.Code));
    }

    [Fact]
    public async Task A_tag_that_moved_upstream_is_seen_to_have_moved_and_one_that_was_removed_is_gone()
    {
        await using var upstream = await RegistryHost.StartAsync();
        await using var cache = await CacheOfAsync(upstream);
        var (there, here) = (new SpecClient(upstream, "x"), new SpecClient(cache, "x"));
        Assert.Equal((404, "MANIFEST_UNKNOWN"), await StatusAsync(here, "GET", "manifests/1"));
        await there.PushImageAsync("1", "old");
        await PullAsync(here, "1");

        var moved = await there.PushImageAsync("1", "new");
        Assert.Equal(moved.ToString(), (await PullAsync(here, "1"))["Docker-Content-Digest"]);
        await there.SendAsync("DELETE", "manifests/1");
        Assert.Equal((404, "MANIFEST_UNKNOWN"), await StatusAsync(here, "GET", "manifests/1"));
        await upstream.StopAsync();
        Assert.Equal((503, "UNAVAILABLE"), await StatusAsync(here, "GET", "manifests/1"));
    }

    [Fact]
    public async Task Thirty_two_who_pull_at_a_time_cost_the_upstream_one_copy_of_each_blob()
    {
        await using var upstream = await RegistryHost.StartAsync();
        await using var cache = await CacheOfAsync(upstream);
        var there = new SpecClient(upstream, "x");
        var large = await there.PushBlobAsync(Large());
        await there.PushImageAsync("1");
        upstream.Requests.Clear();

        var spec = new SpecClient(cache, "x");
        var pulled = await Task.WhenAll(Enumerable.Range(0, 32).Select(async _ =>
        {
            await PullAsync(spec, "1");
            return (await spec.SendAsync("GET", $"blobs/{large}")).Body;
        }));

        Assert.All(pulled, body => Assert.Equal(large, Digest.Of(body)));
        Assert.All(
            upstream.Requests.Where(r => r.StartsWith("GET", StringComparison.Ordinal)).CountBy(r => r),
            request => Assert.True(request.Value == 1, $"{request.Key} came {request.Value} times"));
        Assert.Contains($"GET /v2/x/blobs/{large}", upstream.Requests);
    }

    [Fact]
    public async Task A_blob_is_served_while_it_still_comes()
    {
        await using var upstream = await RegistryHost.StartAsync(sendsFiles: false);
        await using var cache = await CacheOfAsync(upstream);
        var large = await new SpecClient(upstream, "x").PushBlobAsync(Large());
        var half = new TaskCompletionSource();
        upstream.Body = body => new HeldStream(body, LargeBytes / 2, half.Task);

        using var response = await cache.Http.GetAsync(
            cache.Url($"/v2/x/blobs/{large}"), HttpCompletionOption.ResponseHeadersRead);
        await using var body = await response.Content.ReadAsStreamAsync();
        var first = new byte[LargeBytes / 4];
        await body.ReadExactlyAsync(first);
        half.SetResult();
        var rest = new byte[LargeBytes - first.Length];
        await body.ReadExactlyAsync(rest);

        Assert.Equal(large, Digest.Of([.. first, .. rest]));
    }

    [Fact]
    public async Task What_does_not_have_its_digest_never_looks_whole_and_is_not_kept()
    {
        await using var upstream = await RegistryHost.StartAsync(sendsFiles: false);
        await using var cache = await CacheOfAsync(upstream);
        var there = new SpecClient(upstream, "x");
        var (large, manifest) = (await there.PushBlobAsync(Large()), await there.PushImageAsync("1"));
        var begun = new TaskCompletionSource();
        upstream.Body = body => new HeldStream(new WrongStream(body), LargeBytes / 2, begun.Task);
        var spec = new SpecClient(cache, "x");

        using var response = await cache.Http.GetAsync(
            cache.Url($"/v2/x/blobs/{large}"), HttpCompletionOption.ResponseHeadersRead);
        begun.SetResult();
        await Assert.ThrowsAnyAsync<Exception>(() => response.Content.ReadAsByteArrayAsync());
        Assert.Equal(502, (await spec.SendAsync("GET", $"manifests/{manifest}")).Status);
        Assert.Empty(cache.Images.Content.List());

        upstream.Body = null;
        Assert.Equal(200, (await spec.SendAsync("GET", $"blobs/{large}")).Status);
    }

    [Fact]
    public async Task What_is_the_upstreams_cannot_be_pushed_here_and_what_is_not_can()
    {
        await using var upstream = await RegistryHost.StartAsync();
        await using var cache = await CacheOfAsync(upstream, "hub");
        await new SpecClient(upstream, "library/x").PushImageAsync("1");
        var (theirs, ours) = (new SpecClient(cache, "hub/library/x"), new SpecClient(cache, "library/x"));

        Assert.Equal((405, "UNSUPPORTED"), await StatusAsync(theirs, "POST", "blobs/uploads/"));
        Assert.Equal((405, "UNSUPPORTED"), await StatusAsync(theirs, "DELETE", "manifests/1"));
        Assert.Equal(200, (await PullAsync(theirs, "1")).Status);
        Assert.Equal(404, (await ours.SendAsync("GET", "manifests/1")).Status);
        await ours.PushImageAsync("2");
        Assert.Equal("""{"repositories":["hub/library/x","library/x"]}""", (await ours.SendAsync("GET", "/v2/_catalog")).Text);
    }

    [Fact]
    public async Task What_nobody_asked_for_in_a_week_and_the_oldest_of_too_much_is_let_go()
    {
        await using var upstream = await RegistryHost.StartAsync();
        var clock = new ManualTime();
        await using var cache = await CacheOfAsync(upstream, time: clock, maxBytes: LargeBytes + 1000);
        var there = new SpecClient(upstream, "x");
        var (first, second) = (await there.PushBlobAsync(Large(1)), await there.PushBlobAsync(Large(2)));
        var spec = new SpecClient(cache, "x");

        await spec.SendAsync("GET", $"blobs/{first}");
        clock.Advance(TimeSpan.FromHours(1));
        await spec.SendAsync("GET", $"blobs/{second}");
        await cache.Cache!.TidyAsync(default);
        Assert.Equal([second], cache.Images.Content.List());
        clock.Advance(TimeSpan.FromDays(6));
        await spec.SendAsync("GET", $"blobs/{second}");
        clock.Advance(TimeSpan.FromDays(6));
        await cache.Cache.TidyAsync(default);
        Assert.Equal([second], cache.Images.Content.List());
        clock.Advance(TimeSpan.FromDays(2));
        await cache.Cache.TidyAsync(default);

        Assert.Empty(cache.Images.Content.List());
        Assert.Empty((await cache.Images.CheckAsync(repair: false, default)).Faults);
    }

    [Fact]
    public async Task A_blob_of_one_repository_is_not_got_by_way_of_another()
    {
        await using var upstream = await RegistryHost.StartAsync();
        await using var cache = await CacheOfAsync(upstream);
        await new SpecClient(upstream, "open").PushImageAsync("1");
        var secret = await new SpecClient(upstream, "secret").PushBlobAsync("secret"u8.ToArray());
        await new SpecClient(cache, "secret").SendAsync("GET", $"blobs/{secret}");

        Assert.Equal((404, "BLOB_UNKNOWN"), await StatusAsync(new SpecClient(cache, "open"), "GET", $"blobs/{secret}"));
        Assert.Equal(404, (await new SpecClient(cache, "open").SendAsync("HEAD", $"blobs/{secret}")).Status);
    }

    [RootFact]
    public async Task Our_own_client_pulls_through_it()
    {
        await using var upstream = await RegistryHost.StartAsync();
        await using var cache = await CacheOfAsync(upstream);
        await using var node = await RegistryHost.StartAsync();
        var image = await PushPullTests.ImportAsync(node.Images, $"{upstream.Host}/web:1", "hello");
        await node.Images.PushAsync($"{upstream.Host}/web:1", null, null, default);

        Assert.Equal(image.Id, (await cache.Images.PullAsync($"{cache.Host}/web:1", null, null, null, default)).Id);
    }

    private static Task<RegistryHost> CacheOfAsync(
        RegistryHost upstream, string within = "", TimeProvider? time = null, long maxBytes = long.MaxValue) =>
        RegistryHost.StartCacheAsync(root => new UpstreamOptions
        {
            Address = upstream.Address, Namespace = within, Root = root, MaxBytes = maxBytes, Attempts = 1,
        }, time ?? TimeProvider.System);

    /// <returns>The answer to the manifest's request, once its configuration has come as well.</returns>
    private static async Task<SpecAnswer> PullAsync(SpecClient spec, string tag)
    {
        var manifest = await spec.SendAsync("GET", $"manifests/{tag}");
        Assert.Equal(200, manifest.Status);
        var config = await spec.SendAsync("GET", $"blobs/{ImageJson.ReadManifest(manifest.Body).Config!.Digest}");
        Assert.Equal(SpecClient.Config, config.Body);
        return manifest;
    }

    private static async Task<(int, string?)> StatusAsync(SpecClient spec, string method, string path)
    {
        var answer = await spec.SendAsync(method, path);
        return (answer.Status, answer.Code);
    }

    private static byte[] Large(int seed = 1)
    {
        var bytes = new byte[LargeBytes];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
