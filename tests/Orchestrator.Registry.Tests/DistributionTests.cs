using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Orchestrator.Oci.Images;

namespace Orchestrator.Registry.Tests;

/// <summary>The specification, request by request.</summary>
public sealed class DistributionTests
{
    private static readonly byte[] Blob = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 1000)));

    [Fact]
    public async Task A_blob_can_be_pushed_in_chunks_and_read_in_ranges()
    {
        await using var host = await RegistryHost.StartAsync();
        var upload = await PostAsync(host, "/v2/a/b/blobs/uploads/");

        var first = await SendAsync(host, HttpMethod.Patch, upload.Headers.Location!, Blob[..1000], "0-999");
        var wrong = await SendAsync(host, HttpMethod.Patch, first.Headers.Location!, Blob[999..], "999-2889");
        var status = await host.Http.GetAsync(host.Url(upload.Headers.Location!.ToString()));
        var second = await SendAsync(host, HttpMethod.Patch, first.Headers.Location!, Blob[1000..], $"1000-{Blob.Length - 1}");
        var done = await SendAsync(host, HttpMethod.Put, new Uri($"{second.Headers.Location}?digest={Digest.Of(Blob)}", UriKind.Relative), [], null);

        Assert.Equal((HttpStatusCode.Accepted, HttpStatusCode.RequestedRangeNotSatisfiable, HttpStatusCode.NoContent, HttpStatusCode.Created),
            (first.StatusCode, wrong.StatusCode, status.StatusCode, done.StatusCode));
        Assert.Equal("0-999", status.Headers.GetValues("Range").Single());
        using var request = new HttpRequestMessage(HttpMethod.Get, host.Url($"/v2/a/b/blobs/{Digest.Of(Blob)}")) { Headers = { Range = new RangeHeaderValue(5, 9) } };
        using var part = await host.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.PartialContent, part.StatusCode);
        Assert.Equal(Blob[5..10], await part.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task A_blob_is_pushed_with_one_request_and_mounted_into_another_repository()
    {
        await using var host = await RegistryHost.StartAsync();
        var digest = await PushBlobAsync(host, "one", Blob);

        Assert.Equal(HttpStatusCode.NotFound, (await host.Http.GetAsync(host.Url($"/v2/two/blobs/{digest}"))).StatusCode);
        Assert.Equal(HttpStatusCode.Created, (await PostAsync(host, $"/v2/two/blobs/uploads/?mount={digest}&from=one")).StatusCode);
        Assert.Equal(Blob, await host.Http.GetByteArrayAsync(host.Url($"/v2/two/blobs/{digest}")));
        Assert.Equal(HttpStatusCode.Accepted, (await PostAsync(host, $"/v2/three/blobs/uploads/?mount={digest}&from=nobody")).StatusCode);
    }

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
    public async Task A_manifest_is_served_by_tag_and_digest_until_it_is_deleted()
    {
        await using var host = await RegistryHost.StartAsync();
        var digest = await PushManifestAsync(host, "a", "1");

        using var head = await host.Http.SendAsync(new HttpRequestMessage(HttpMethod.Head, host.Url("/v2/a/manifests/1")));
        Assert.Equal(digest.ToString(), head.Headers.GetValues("Docker-Content-Digest").Single());
        Assert.Equal(MediaTypes.OciManifest, head.Content.Headers.ContentType!.MediaType);
        Assert.True(head.Content.Headers.ContentLength > 0);
        Assert.Equal(digest, Digest.Of(await host.Http.GetByteArrayAsync(host.Url($"/v2/a/manifests/{digest}"))));

        Assert.Equal(HttpStatusCode.Accepted, (await host.Http.DeleteAsync(host.Url($"/v2/a/manifests/{digest}"))).StatusCode);
        using var gone = await host.Http.GetAsync(host.Url("/v2/a/manifests/1"));
        Assert.Equal("MANIFEST_UNKNOWN", await CodeAsync(gone));
    }

    [Fact]
    public async Task What_refers_to_an_image_is_listed_with_it()
    {
        await using var host = await RegistryHost.StartAsync();
        var image = await PushManifestAsync(host, "a", "1");
        var signature = new Manifest { MediaType = MediaTypes.OciManifest, ArtifactType = "test/signature", Config = Descriptor.Of(Blob, "text/plain"), Layers = [], Subject = new Descriptor { MediaType = MediaTypes.OciManifest, Digest = image, Size = 1 } };
        var answer = await PutManifestAsync(host, "a", Digest.Of(ImageJson.Write(signature)).ToString(), ImageJson.Write(signature));

        var index = ImageJson.ReadIndex(await host.Http.GetByteArrayAsync(host.Url($"/v2/a/referrers/{image}")));

        Assert.Equal(image.ToString(), answer.Headers.GetValues("OCI-Subject").Single());
        Assert.Equal("test/signature", Assert.Single(index.Manifests!).ArtifactType);
        Assert.Empty(ImageJson.ReadIndex(await host.Http.GetByteArrayAsync(host.Url($"/v2/a/referrers/{image}?artifactType=other"))).Manifests!);
    }

    [Theory]
    [InlineData("GET", "/v2/A/manifests/1", 400, "NAME_INVALID")]
    [InlineData("GET", "/v2/../x/tags/list", 404, null)]
    [InlineData("GET", "/v2/_blobs/tags/list", 400, "NAME_INVALID")]
    [InlineData("GET", "/v2/a/tags/list", 404, "NAME_UNKNOWN")]
    [InlineData("GET", "/v2/a/manifests/1", 404, "NAME_UNKNOWN")]
    [InlineData("GET", "/v2/a/blobs/sha256:1", 400, "DIGEST_INVALID")]
    [InlineData("GET", "/v2/a/blobs/sha512:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", 400, "DIGEST_INVALID")]
    [InlineData("PATCH", "/v2/a/blobs/uploads/none", 404, "BLOB_UPLOAD_UNKNOWN")]
    [InlineData("PUT", "/v2/a/manifests/1", 400, "MANIFEST_INVALID")]
    [InlineData("POST", "/v2/a/manifests/1", 405, "UNSUPPORTED")]
    [InlineData("GET", "/v2/nothing", 404, "UNSUPPORTED")]
    public async Task A_bad_request_gets_the_code_of_the_specification(string method, string path, int status, string? code)
    {
        await using var host = await RegistryHost.StartAsync();

        using var answer = await host.Http.SendAsync(new HttpRequestMessage(new HttpMethod(method), host.Url(path)) { Content = new StringContent("{", null, MediaTypes.OciManifest) });

        Assert.Equal(status, (int)answer.StatusCode);
        if (code is not null)
            Assert.Equal(code, await CodeAsync(answer));
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
        Assert.Equal(HttpStatusCode.Forbidden, (await host.Http.GetAsync(host.Url("/v2/_orch/tags"))).StatusCode);
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

    private static Task<HttpResponseMessage> SendAsync(RegistryHost host, HttpMethod method, Uri location, byte[] body, string? range)
    {
        var content = new ByteArrayContent(body);
        if (range is not null)
            content.Headers.TryAddWithoutValidation("Content-Range", range);
        return host.Http.SendAsync(new HttpRequestMessage(method, new Uri(host.Address, location)) { Content = content });
    }

    private static async Task<string?> CodeAsync(HttpResponseMessage answer)
    {
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        return json.RootElement.GetProperty("errors")[0].GetProperty("code").GetString();
    }
}
