using Orchestrator.Oci.Images;
using Orchestrator.Testing;

namespace Orchestrator.Registry.Tests;

/// <summary>Names that managers share, with all that may come between a push and its answer.</summary>
public sealed class SharedNamesTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task A_push_is_not_acknowledged_before_the_store_has_its_name()
    {
        await using var host = (await RegistryHost.StartClusterAsync(1))[0];
        var spec = new SpecClient(host, "a");
        await spec.PushBlobAsync(SpecClient.Config);
        host.Store!.Log.Hold();

        var push = spec.PutManifestAsync("1", ImageJson.Write(SpecClient.Image()));
        await HeldAsync(host);
        Assert.False(push.IsCompleted);
        Assert.Equal(404, (await spec.SendAsync("GET", "manifests/1")).Status);
        host.Store.Log.Release();

        Assert.Equal(201, (await push).Status);
        Assert.Equal(200, (await spec.SendAsync("GET", "manifests/1")).Status);
    }

    [Fact]
    public async Task A_push_during_which_the_leader_is_lost_succeeds_under_the_next()
    {
        await using var host = (await RegistryHost.StartClusterAsync(1, Long))[0];
        var spec = new SpecClient(host, "a");
        await spec.PushBlobAsync(SpecClient.Config);
        host.Store!.Log.Hold();

        var push = spec.PutManifestAsync("1", ImageJson.Write(SpecClient.Image()));
        await HeldAsync(host);
        host.Store.Log.StepDown();
        host.Store.Log.Release();
        host.Store.Log.Lead();

        Assert.Equal(201, (await push).Status);
        Assert.Equal(200, (await spec.SendAsync("GET", "manifests/1")).Status);
    }

    [Fact]
    public async Task A_manager_that_is_cut_off_serves_what_it_knows_and_calls_nothing_absent()
    {
        await using var host = (await RegistryHost.StartClusterAsync(1))[0];
        var spec = new SpecClient(host, "a");
        var digest = await spec.PushImageAsync("1");
        host.Store!.Log.StepDown();

        var known = await spec.SendAsync("GET", "manifests/1");
        var unknown = await spec.SendAsync("GET", "manifests/2");
        var tags = await spec.SendAsync("GET", "tags/list");
        var push = await spec.PutManifestAsync("2", ImageJson.Write(SpecClient.Image("two")));
        var removal = await spec.SendAsync("DELETE", "manifests/1");
        host.Store.Log.Lead();

        Assert.Equal((200, digest.ToString()), (known.Status, known["Docker-Content-Digest"]));
        Assert.StartsWith("299 - \"this manager does not reach", known["Warning"], StringComparison.Ordinal);
        Assert.Equal((503, "UNAVAILABLE"), (unknown.Status, unknown.Code));
        Assert.Equal("""{"name":"a","tags":["1"]}""", tags.Text);
        Assert.Equal((503, 503), (push.Status, removal.Status));
        Assert.Equal(200, (await spec.SendAsync("GET", "manifests/1")).Status);
        Assert.Equal(404, (await spec.SendAsync("GET", "manifests/2")).Status);
    }

    [Fact]
    public async Task What_was_deleted_while_a_manager_was_away_stays_deleted_when_it_is_back()
    {
        var hosts = await RegistryHost.StartClusterAsync(3);
        await using var a = hosts[0];
        await using var b = hosts[1];
        await using var c = hosts[2];
        var (atA, atC) = (new SpecClient(a, "x"), new SpecClient(c, "x"));
        var digest = await atA.PushImageAsync("1");
        await c.Registry.SyncAsync(default);
        await c.StopAsync();

        Assert.Equal(202, (await atA.SendAsync("DELETE", $"manifests/{digest}")).Status);
        await c.OpenAsync();

        foreach (var reference in (string[])["1", digest.ToString()])
        {
            Assert.Equal(404, (await atC.SendAsync("GET", $"manifests/{reference}")).Status);
            Assert.Equal(404, (await atA.SendAsync("GET", $"manifests/{reference}")).Status);
        }

        Assert.True(c.Images.Content.Contains(digest));
        using var stop = new CancellationTokenSource();
        var running = c.Registry.RunAsync(stop.Token);
        for (var i = 0; i < 500 && c.Images.Content.Contains(digest); i++)
            await Task.Delay(10);
        await stop.CancelAsync();
        await running;
        Assert.False(c.Images.Content.Contains(digest));
    }

    [Fact]
    public async Task What_has_no_tag_is_known_to_every_manager_and_fetched_by_those_that_were_away()
    {
        var hosts = await RegistryHost.StartClusterAsync(3);
        await using var a = hosts[0];
        await using var b = hosts[1];
        await using var c = hosts[2];
        await c.StopAsync();
        var (atA, atC) = (new SpecClient(a, "x"), new SpecClient(c, "x"));
        var subject = await atA.PushImageAsync("1");
        var signature = ImageJson.Write(SpecClient.Image("signature") with
        {
            ArtifactType = "application/x-signature",
            Subject = new Descriptor { Digest = subject, MediaType = MediaTypes.OciManifest, Size = 1 },
        });
        Assert.Equal(201, (await atA.PutManifestAsync(Digest.Of(signature).ToString(), signature)).Status);

        await c.OpenAsync();
        var listed = await atC.SendAsync("GET", $"referrers/{subject}");
        await c.Registry.SyncAsync(default);
        await a.StopAsync();
        await b.StopAsync();

        Assert.Contains(Digest.Of(signature).ToString(), listed.Text, StringComparison.Ordinal);
        Assert.Contains("\"mark\":\"signature\"", listed.Text, StringComparison.Ordinal);
        Assert.Equal(signature, (await atC.SendAsync("GET", $"manifests/{Digest.Of(signature)}")).Body);
        Assert.Equal(SpecClient.Config, (await atC.SendAsync("GET", $"blobs/{Digest.Of(SpecClient.Config)}")).Body);
    }

    [Fact]
    public async Task A_blob_is_fetched_from_the_manager_that_has_it_when_it_is_asked_for()
    {
        var hosts = await RegistryHost.StartClusterAsync(2);
        await using var a = hosts[0];
        await using var b = hosts[1];
        var blob = await new SpecClient(a, "x").PushBlobAsync("only at a"u8.ToArray());

        Assert.Equal("only at a", (await new SpecClient(b, "x").SendAsync("GET", $"blobs/{blob}")).Text);
        Assert.True(b.Images.Content.Contains(blob));
    }

    [Fact]
    public async Task A_blob_that_no_manager_has_any_more_keeps_nothing_else_from_being_fetched()
    {
        var hosts = await RegistryHost.StartClusterAsync(3);
        await using var a = hosts[0];
        await using var b = hosts[1];
        await using var c = hosts[2];
        await c.StopAsync();
        var (broken, whole) = (new SpecClient(a, "a/broken"), new SpecClient(a, "b/whole"));
        await broken.PushBlobAsync(SpecClient.Config);
        var lost = await broken.PushBlobAsync("lost"u8.ToArray());
        var image = SpecClient.Image("broken") with { Layers = [Descriptor.Of("lost"u8, MediaTypes.OciLayer)] };
        Assert.Equal(201, (await broken.PutManifestAsync("1", ImageJson.Write(image))).Status);
        var digest = await whole.PushImageAsync("1", "whole");
        Assert.True(a.Images.Content.Discard(lost) && b.Images.Content.Discard(lost));

        await c.OpenAsync();
        await c.Registry.SyncAsync(default);

        Assert.True(c.Images.Content.Contains(digest));
        Assert.Equal(503, (await new SpecClient(c, "a/broken").SendAsync("GET", "manifests/1")).Status);
    }

    [RootFact]
    public async Task A_managers_own_engine_pulls_what_its_registry_has_yet_to_fetch()
    {
        var hosts = await RegistryHost.StartClusterAsync(3);
        await using var a = hosts[0];
        await using var b = hosts[1];
        await using var c = hosts[2];
        await c.StopAsync();
        var image = await PushPullTests.ImportAsync(a.Images, $"{a.Host}/web:1", "hello");
        await a.Images.PushAsync($"{a.Host}/web:1", null, null, default);
        await c.OpenAsync();

        Assert.Equal(image.Id, (await c.Images.PullAsync($"{c.Host}/web:1", null, null, null, default)).Id);
    }

    [Fact]
    public async Task Two_pushes_of_one_tag_at_a_time_end_as_one_of_them_everywhere()
    {
        var hosts = await RegistryHost.StartClusterAsync(3, Long);
        await using var a = hosts[0];
        await using var b = hosts[1];
        await using var c = hosts[2];

        var pushed = await Task.WhenAll(hosts.Select((host, i) => new SpecClient(host, "x").PushImageAsync("1", $"{i}")));
        var seen = new HashSet<string>();
        foreach (var host in hosts)
            seen.Add((await new SpecClient(host, "x").SendAsync("HEAD", "manifests/1"))["Docker-Content-Digest"]!);

        Assert.Contains(Digest.Parse(Assert.Single(seen)), pushed);
    }

    /// <summary>Until the push waits for its commit.</summary>
    private static async Task HeldAsync(RegistryHost host)
    {
        while (host.Store!.Log.HeldCount == 0)
            await Task.Delay(5);
    }
}
