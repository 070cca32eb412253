using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Orchestrator.Oci.Images;

namespace Orchestrator.Registry.Tests;

/// <summary>What stays in the registry, and who may ask it.</summary>
public sealed class DistributionTests
{
    private static readonly byte[] Blob = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 1000)));

    [Fact]
    public async Task Bytes_of_another_digest_are_refused_and_not_kept()
    {
        await using var host = await RegistryHost.StartAsync();

        var answer = await PostAsync(host, $"/v2/a/blobs/uploads/?digest={Digest.Of("else"u8)}", Blob);

        Assert.Equal(("DIGEST_INVALID", HttpStatusCode.BadRequest), (await CodeAsync(answer), answer.StatusCode));
        Assert.Empty(host.Images.Content.List());
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(host.DataRoot, "content", "ingest")));
    }

    [Fact]
    public async Task Tags_and_repositories_are_listed_in_pages()
    {
        await using var host = await RegistryHost.StartAsync();
        foreach (var tag in (string[])["c", "a", "b"])
            await PushManifestAsync(host, "x/y", tag);
        await PushManifestAsync(host, "w", "1");

        using var page = await host.Http.GetAsync(host.Url("/v2/x/y/tags/list?n=2"));

        Assert.Equal("""{"name":"x/y","tags":["a","b"]}""", await page.Content.ReadAsStringAsync());
        Assert.Equal("</v2/x/y/tags/list?n=2&last=b>; rel=\"next\"", page.Headers.GetValues("Link").Single());
        Assert.Equal("""{"name":"x/y","tags":["c"]}""", await host.Http.GetStringAsync(host.Url("/v2/x/y/tags/list?n=2&last=b")));
        Assert.Equal("""{"repositories":["w","x/y"]}""", await host.Http.GetStringAsync(host.Url("/v2/_catalog")));
    }

    [Fact]
    public async Task What_no_manifest_names_is_deleted_while_the_registry_serves()
    {
        await using var host = await RegistryHost.StartAsync();
        var options = new RegistryOptions { Root = Path.Combine(host.DataRoot, "registry"), BlobGrace = TimeSpan.FromDays(-1), SyncInterval = TimeSpan.FromMilliseconds(20), CollectInterval = TimeSpan.Zero };
        using var registry = ImageRegistry.Alone(options, host.Images.Content, TimeProvider.System);
        var waste = await PushBlobAsync(host, "a", "waste"u8.ToArray());
        var kept = await PushManifestAsync(host, "a", "1");
        using var stop = new CancellationTokenSource();
        var running = registry.RunAsync(stop.Token);

        for (var i = 0; i < 500 && host.Images.Content.Contains(waste); i++)
            await Task.Delay(10);
        await stop.CancelAsync();
        await running;

        Assert.False(host.Images.Content.Contains(waste));
        Assert.True(host.Images.Content.Contains(kept));
        Assert.Equal(HttpStatusCode.NotFound, (await host.Http.GetAsync(host.Url($"/v2/a/blobs/{waste}"))).StatusCode);
    }

    [Fact]
    public async Task A_manifest_whose_blobs_were_not_pushed_is_refused()
    {
        await using var host = await RegistryHost.StartAsync();
        var manifest = ImageJson.Write(new Manifest { MediaType = MediaTypes.OciManifest, Config = Descriptor.Of("absent"u8, MediaTypes.OciConfig), Layers = [] });

        var answer = await PutManifestAsync(host, "a", "1", manifest);

        Assert.Equal("MANIFEST_BLOB_UNKNOWN", await CodeAsync(answer));
        Assert.Empty(host.Images.Content.List());
    }

    [Fact]
    public async Task Without_the_right_nothing_is_given_or_taken()
    {
        await using var host = await RegistryHost.StartAsync();
        await PushManifestAsync(host, "a", "1");

        host.Rights = RegistryRights.Pull;
        Assert.Equal(HttpStatusCode.OK, (await host.Http.GetAsync(host.Url("/v2/a/manifests/1"))).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await PostAsync(host, "/v2/a/blobs/uploads/")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await host.Http.GetAsync(host.Url("/v2/_orch/legacy"))).StatusCode);
        host.Rights = RegistryRights.None;
        Assert.Equal(HttpStatusCode.Unauthorized, (await host.Http.GetAsync(host.Url("/v2/"))).StatusCode);
    }

    private static async Task<Digest> PushManifestAsync(RegistryHost host, string name, string tag)
    {
        await PushBlobAsync(host, name, Blob);
        var manifest = ImageJson.Write(new Manifest
        {
            MediaType = MediaTypes.OciManifest,
            Config = Descriptor.Of(Blob, MediaTypes.OciConfig),
            Layers = [],
            Annotations = new() { ["tag"] = tag },
        });
        Assert.Equal(HttpStatusCode.Created, (await PutManifestAsync(host, name, tag, manifest)).StatusCode);
        return Digest.Of(manifest);
    }

    private static async Task<Digest> PushBlobAsync(RegistryHost host, string name, byte[] bytes)
    {
        var answer = await PostAsync(host, $"/v2/{name}/blobs/uploads/?digest={Digest.Of(bytes)}", bytes);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return Digest.Of(bytes);
    }

    private static Task<HttpResponseMessage> PutManifestAsync(RegistryHost host, string name, string reference, byte[] json) => host.Http.PutAsync(
        host.Url($"/v2/{name}/manifests/{reference}"), new ByteArrayContent(json) { Headers = { ContentType = new MediaTypeHeaderValue(MediaTypes.OciManifest) } });

    private static Task<HttpResponseMessage> PostAsync(RegistryHost host, string path, byte[]? body = null) =>
        host.Http.PostAsync(host.Url(path), body is null ? null : new ByteArrayContent(body));

    private static async Task<string?> CodeAsync(HttpResponseMessage answer)
    {
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        return json.RootElement.GetProperty("errors")[0].GetProperty("code").GetString();
    }
}
