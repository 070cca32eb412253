using System.Text;
using Orchestrator.Oci.Images;

namespace Orchestrator.Registry.Tests;

/// <summary>OCI distribution-spec 1.1, clause by clause, as a client sees it: the list of what holds.</summary>
public abstract class ConformanceTests(SharedHost shared)
{
    private static readonly byte[] Blob = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 1000)));
    private static readonly string Absent = Digest.Of("absent"u8).ToString();
    private static int repositories;

    private readonly SpecClient spec = new(shared.Host, $"conformance/r{Interlocked.Increment(ref repositories)}");

    [Fact] // end-1
    public async Task The_base_says_that_the_protocol_is_spoken()
    {
        var answer = await spec.SendAsync("GET", "/v2/");

        Assert.Equal((200, "registry/2.0"), (answer.Status, answer["Docker-Distribution-API-Version"]));
    }

    [Theory] // end-2, RFC 9110 §13 and §14
    [InlineData("GET", "", 200, 0, 2890, null)]
    [InlineData("HEAD", "", 200, 0, 0, null)]
    [InlineData("GET", "Range: bytes=5-9", 206, 5, 5, "bytes 5-9/2890")]
    [InlineData("GET", "Range: bytes=2880-", 206, 2880, 10, "bytes 2880-2889/2890")]
    [InlineData("GET", "Range: bytes=-10", 206, 2880, 10, "bytes 2880-2889/2890")]
    [InlineData("GET", "Range: bytes=2800-999999", 206, 2800, 90, "bytes 2800-2889/2890")]
    [InlineData("GET", "Range: bytes=2890-", 416, 0, -1, "bytes */2890")]
    [InlineData("GET", "Range: bytes=1-2,5-6", 200, 0, 2890, null)]
    [InlineData("GET", "Range: lines=1-2", 200, 0, 2890, null)]
    [InlineData("GET", "If-None-Match: \"DIGEST\"", 304, 0, 0, null)]
    [InlineData("GET", "If-None-Match: *", 304, 0, 0, null)]
    [InlineData("GET", "If-None-Match: \"other\"", 200, 0, 2890, null)]
    [InlineData("GET", "If-Match: \"DIGEST\"", 200, 0, 2890, null)]
    [InlineData("GET", "If-Match: \"other\"", 412, 0, -1, null)]
    [InlineData("GET", "Range: bytes=5-9|If-Range: \"DIGEST\"", 206, 5, 5, "bytes 5-9/2890")]
    [InlineData("GET", "Range: bytes=5-9|If-Range: \"other\"", 200, 0, 2890, null)]
    public async Task A_blob_is_sent_as_asked(
        string method, string headers, int status, int first, int count, string? range)
    {
        var digest = await spec.PushBlobAsync(Blob);
        var asked = headers.Split('|', StringSplitOptions.RemoveEmptyEntries)
            .Select(h => h.Replace("DIGEST", digest.ToString(), StringComparison.Ordinal)).ToArray();

        var answer = await spec.SendAsync(method, $"blobs/{digest}", null, asked);

        Assert.Equal((status, range), (answer.Status, answer["Content-Range"]));
        Assert.Equal(digest.ToString(), answer["Docker-Content-Digest"]);
        if (count >= 0)
            Assert.Equal(Blob.AsSpan(first, count).ToArray(), answer.Body);
        if (method == "HEAD")
            Assert.Equal("2890", answer["Content-Length"]);
    }

    [Theory] // end-2, end-3: what is not there
    [InlineData("GET", "blobs/ABSENT", 404, "BLOB_UNKNOWN")]
    [InlineData("HEAD", "blobs/ABSENT", 404, null)]
    [InlineData("DELETE", "blobs/ABSENT", 404, "BLOB_UNKNOWN")]
    [InlineData("GET", "blobs/sha256:1", 400, "DIGEST_INVALID")]
    [InlineData("GET", "blobs/sha512:00", 400, "DIGEST_INVALID")]
    [InlineData("GET", "manifests/none", 404, "MANIFEST_UNKNOWN")]
    [InlineData("GET", "manifests/ABSENT", 404, "MANIFEST_UNKNOWN")]
    [InlineData("HEAD", "manifests/ABSENT", 404, null)]
    [InlineData("GET", "manifests/-bad", 404, "MANIFEST_UNKNOWN")]
    [InlineData("DELETE", "manifests/none", 404, "MANIFEST_UNKNOWN")]
    [InlineData("DELETE", "manifests/ABSENT", 404, "MANIFEST_UNKNOWN")]
    [InlineData("POST", "manifests/1", 405, "UNSUPPORTED")]
    [InlineData("PATCH", "blobs/uploads/none", 404, "BLOB_UPLOAD_UNKNOWN")]
    [InlineData("PUT", "blobs/uploads/none?digest=ABSENT", 404, "BLOB_UPLOAD_UNKNOWN")]
    [InlineData("GET", "blobs/uploads/none", 404, "BLOB_UPLOAD_UNKNOWN")]
    [InlineData("DELETE", "blobs/uploads/none", 404, "BLOB_UPLOAD_UNKNOWN")]
    [InlineData("POST", "blobs/uploads/?digest=nonsense", 400, "DIGEST_INVALID")]
    [InlineData("POST", "blobs/uploads/?mount=nonsense&from=a", 400, "DIGEST_INVALID")]
    [InlineData("GET", "tags/list?n=x", 400, "PAGINATION_NUMBER_INVALID")]
    [InlineData("GET", "/v2/absent/tags/list", 404, "NAME_UNKNOWN")]
    [InlineData("GET", "/v2/absent/manifests/1", 404, "NAME_UNKNOWN")]
    [InlineData("GET", "/v2/UPPER/manifests/1", 400, "NAME_INVALID")]
    [InlineData("GET", "/v2/nothing/such", 404, "UNSUPPORTED")]
    [InlineData("GET", "referrers/sha256:1", 400, "DIGEST_INVALID")]
    public async Task A_request_that_cannot_be_met_gets_its_code(string method, string path, int status, string? code)
    {
        await spec.PushImageAsync("1");

        var answer = await spec.SendAsync(method, path.Replace("ABSENT", Absent, StringComparison.Ordinal));

        Assert.Equal((status, code), (answer.Status, answer.Code));
    }

    [Theory] // end-7: what is no manifest
    [InlineData("{", MediaTypes.OciManifest, 400, "MANIFEST_INVALID")]
    [InlineData("[]", MediaTypes.OciManifest, 400, "MANIFEST_INVALID")]
    [InlineData("{}", "text/plain", 400, "MANIFEST_INVALID")]
    [InlineData("{}", "application/vnd.docker.distribution.manifest.v1+prettyjws", 400, "MANIFEST_INVALID")]
    [InlineData("""{"mediaType":"application/vnd.oci.image.index.v1+json"}""", MediaTypes.OciManifest, 400, "MANIFEST_INVALID")]
    [InlineData("""{"layers":[{"size":1}]}""", MediaTypes.OciManifest, 400, "MANIFEST_INVALID")]
    [InlineData("""{"config":{"digest":"ABSENT","size":6}}""", MediaTypes.OciManifest, 404, "MANIFEST_BLOB_UNKNOWN")]
    [InlineData("""{"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"ABSENT","size":6}]}""", MediaTypes.OciIndex, 404, "MANIFEST_BLOB_UNKNOWN")]
    [InlineData("""{"config":{"digest":"HERE","size":3}}""", MediaTypes.OciManifest, 400, "SIZE_INVALID")]
    [InlineData("""{"config":{"digest":"HERE","size":-1}}""", MediaTypes.OciManifest, 400, "MANIFEST_INVALID")]
    public async Task A_manifest_that_is_none_or_incomplete_is_refused(string json, string type, int status, string code)
    {
        var here = await spec.PushBlobAsync(SpecClient.Config);
        var body = json.Replace("ABSENT", Absent, StringComparison.Ordinal).Replace("HERE", here.ToString(), StringComparison.Ordinal);

        var answer = await spec.PutManifestAsync("1", Encoding.UTF8.GetBytes(body), type);

        Assert.Equal((status, code), (answer.Status, answer.Code));
        Assert.Contains("\"tags\":[]", (await spec.SendAsync("GET", "tags/list")).Text, StringComparison.Ordinal);
    }

    [Fact] // end-7
    public async Task A_manifest_may_have_four_mebibytes_and_no_more()
    {
        await spec.PushBlobAsync(SpecClient.Config);
        var most = Padded(ImageJson.MaxBytes);

        Assert.Equal(201, (await spec.PutManifestAsync("most", most)).Status);
        var tooLong = await spec.PutManifestAsync("more", Padded(ImageJson.MaxBytes + 1));

        Assert.Equal((413, "MANIFEST_INVALID"), (tooLong.Status, tooLong.Code));
        Assert.Equal(most, (await spec.SendAsync("GET", "manifests/most")).Body);

        static byte[] Padded(int length)
        {
            var json = ImageJson.Write(SpecClient.Image());
            return [.. json[..^1], .. Enumerable.Repeat((byte)' ', length - json.Length), (byte)'}'];
        }
    }

    [Fact] // end-3, end-7
    public async Task A_manifest_keeps_its_bytes_and_its_type()
    {
        await spec.PushBlobAsync(SpecClient.Config);
        var json = ImageJson.Write(SpecClient.Image() with { MediaType = MediaTypes.DockerManifest });

        var put = await spec.PutManifestAsync("1", json, MediaTypes.DockerManifest);
        var byTag = await spec.SendAsync("GET", "manifests/1");
        var head = await spec.SendAsync("HEAD", "manifests/1");
        var byDigest = await spec.SendAsync("GET", $"manifests/{Digest.Of(json)}");
        var unchanged = await spec.SendAsync("GET", "manifests/1", null, $"If-None-Match: {byTag["ETag"]}");

        Assert.Equal((201, $"/v2/{spec.Name}/manifests/{Digest.Of(json)}"), (put.Status, put["Location"]));
        Assert.Equal(MediaTypes.DockerManifest, byTag["Content-Type"]);
        Assert.Equal(json, byTag.Body);
        Assert.Equal((200, 0, $"{json.Length}"), (head.Status, head.Body.Length, head["Content-Length"]));
        Assert.All([put, byTag, head, byDigest], a => Assert.Equal(Digest.Of(json).ToString(), a["Docker-Content-Digest"]));
        Assert.Equal(304, unchanged.Status);
    }

    [Fact] // end-7
    public async Task A_manifest_put_by_a_digest_that_is_not_its_own_is_refused()
    {
        await spec.PushBlobAsync(SpecClient.Config);

        var answer = await spec.PutManifestAsync(Absent, ImageJson.Write(SpecClient.Image()));

        Assert.Equal((400, "DIGEST_INVALID"), (answer.Status, answer.Code));
    }

    [Fact] // end-2, end-3, end-6, end-7 with the other registered algorithm
    public async Task Content_may_be_named_by_its_SHA_512()
    {
        var blob = Digest.Of(Blob, sha512: true);
        var upload = await spec.BeginAsync();
        var done = await spec.SendAsync("PUT", $"{upload}?digest={blob}", Blob);
        var json = ImageJson.Write(SpecClient.Image() with
        {
            Config = new Descriptor { MediaType = MediaTypes.OciConfig, Digest = blob, Size = Blob.Length },
        });
        var manifest = Digest.Of(json, sha512: true);

        var put = await spec.PutManifestAsync(manifest.ToString(), json);

        Assert.Equal((201, 201), (done.Status, put.Status));
        Assert.Equal(Blob, (await spec.SendAsync("GET", $"blobs/{blob}")).Body);
        Assert.Equal(json, (await spec.SendAsync("GET", $"manifests/{manifest}")).Body);
        Assert.Equal(404, (await spec.SendAsync("GET", $"blobs/{Digest.Of(Blob)}")).Status);
        Assert.Equal(400, (await spec.SendAsync("POST", $"blobs/uploads/?digest={manifest}", Blob)).Status);
    }

    [Theory] // end-3, RFC 9110 §12.5.1
    [InlineData("", MediaTypes.OciIndex)]
    [InlineData("*/*", MediaTypes.OciIndex)]
    [InlineData("text/html", MediaTypes.OciIndex)]
    [InlineData(MediaTypes.OciIndex + ", " + MediaTypes.OciManifest, MediaTypes.OciIndex)]
    [InlineData(MediaTypes.OciManifest, MediaTypes.OciManifest)]
    [InlineData(MediaTypes.DockerManifest, null)]
    public async Task What_a_tag_names_comes_in_a_type_that_the_client_accepts(string accept, string? type)
    {
        var image = await spec.PushImageAsync("image");
        var size = ImageJson.Write(SpecClient.Image()).Length;
        var index = new ImageIndex { MediaType = MediaTypes.OciIndex, Manifests = [new Descriptor { MediaType = MediaTypes.OciManifest, Digest = image, Size = size, Platform = new Platform { Os = "linux", Architecture = "amd64" } }] };
        Assert.Equal(201, (await spec.PutManifestAsync("1", ImageJson.Write(index), MediaTypes.OciIndex)).Status);

        var answer = await spec.SendAsync("GET", "manifests/1", null, accept.Length > 0 ? [$"Accept: {accept}"] : []);

        Assert.Equal((type is null ? 404 : 200, type ?? "application/json; charset=utf-8"), (answer.Status, answer["Content-Type"]));
    }

    [Fact] // end-4b
    public async Task A_blob_is_pushed_with_a_single_POST()
    {
        var answer = await spec.SendAsync("POST", $"blobs/uploads/?digest={Digest.Of(Blob)}", Blob);

        Assert.Equal((201, $"/v2/{spec.Name}/blobs/{Digest.Of(Blob)}"), (answer.Status, answer["Location"]));
        Assert.Equal(200, (await spec.SendAsync("HEAD", $"blobs/{Digest.Of(Blob)}")).Status);
    }

    [Fact] // end-4a, end-6
    public async Task A_blob_is_pushed_with_a_POST_and_then_a_PUT()
    {
        var answer = await spec.SendAsync("PUT", $"{await spec.BeginAsync()}?digest={Digest.Of(Blob)}", Blob);

        Assert.Equal((201, Digest.Of(Blob).ToString()), (answer.Status, answer["Docker-Content-Digest"]));
    }

    [Fact] // end-5, without Content-Range
    public async Task A_blob_is_streamed_without_saying_how_long_it_is()
    {
        var upload = await spec.BeginAsync();

        var patch = await spec.SendAsync("PATCH", upload, Blob, "Transfer-Encoding: chunked");
        var done = await spec.SendAsync("PUT", $"{patch["Location"]}?digest={Digest.Of(Blob)}");

        Assert.Equal((202, "0-2889", 201), (patch.Status, patch["Range"], done.Status));
    }

    [Fact] // end-5, end-6, end-13
    public async Task A_blob_is_pushed_in_chunks_that_must_come_in_order_and_be_as_long_as_they_say()
    {
        var upload = await spec.BeginAsync();
        var first = await spec.SendAsync("PATCH", upload, Blob[..1000], "Content-Range: 0-999");
        var again = await spec.SendAsync("PATCH", upload, Blob[..1000], "Content-Range: 0-999");
        var early = await spec.SendAsync("PATCH", upload, Blob[1001..], "Content-Range: 1001-2889");
        var lying = await spec.SendAsync("PATCH", upload, Blob[1000..1100], "Content-Range: 1000-1098");
        var nonsense = await spec.SendAsync("PATCH", upload, Blob[1000..1100], "Content-Range: some");
        var status = await spec.SendAsync("GET", upload);
        var second = await spec.SendAsync("PATCH", status["Location"]!, Blob[1000..2000], "Content-Range: 1000-1999");
        var last = await spec.SendAsync(
            "PUT", $"{second["Location"]}?digest={Digest.Of(Blob)}", Blob[2000..], "Content-Range: 2000-2889");

        Assert.Equal((202, "0-999"), (first.Status, first["Range"]));
        Assert.All([again, early], a => Assert.Equal((416, "0-999", "BLOB_UPLOAD_INVALID"), (a.Status, a["Range"], a.Code)));
        Assert.Equal((400, "SIZE_INVALID"), (lying.Status, lying.Code));
        Assert.Equal((400, "BLOB_UPLOAD_INVALID"), (nonsense.Status, nonsense.Code));
        Assert.Equal((204, "0-999"), (status.Status, status["Range"]));
        Assert.Equal((202, "0-1999", 201), (second.Status, second["Range"], last.Status));
        Assert.Equal(404, (await spec.SendAsync("GET", upload)).Status);
        Assert.Equal(Blob, (await spec.SendAsync("GET", $"blobs/{Digest.Of(Blob)}")).Body);
    }

    [Fact] // end-14
    public async Task An_upload_can_be_given_up()
    {
        var upload = await spec.BeginAsync();
        await spec.SendAsync("PATCH", upload, Blob);

        Assert.Equal(204, (await spec.SendAsync("DELETE", upload)).Status);
        Assert.Equal(404, (await spec.SendAsync("GET", upload)).Status);
    }

    [Fact] // end-6
    public async Task Bytes_of_another_digest_are_refused_and_the_upload_is_over()
    {
        var upload = await spec.BeginAsync();

        var answer = await spec.SendAsync("PUT", $"{upload}?digest={Absent}", Blob);

        Assert.Equal((400, "DIGEST_INVALID"), (answer.Status, answer.Code));
        Assert.Equal(404, (await spec.SendAsync("GET", upload)).Status);
        Assert.Equal(404, (await spec.SendAsync("HEAD", $"blobs/{Absent}")).Status);
    }

    [Theory] // end-11
    [InlineData("&from=FROM", 201)]
    [InlineData("", 201)]
    [InlineData("&from=nobody", 202)]
    [InlineData("&from=../evil", 202)]
    public async Task A_blob_is_mounted_from_a_repository_that_has_it(string from, int status)
    {
        var source = new SpecClient(shared.Host, $"{spec.Name}/from");
        var bytes = Encoding.UTF8.GetBytes(from + "mounted");
        var digest = await source.PushBlobAsync(bytes);

        var answer = await spec.SendAsync("POST", $"blobs/uploads/?mount={digest}{from.Replace("FROM", source.Name, StringComparison.Ordinal)}");

        Assert.Equal(status, answer.Status);
        Assert.Equal(status == 201 ? 200 : 404, (await spec.SendAsync("HEAD", $"blobs/{digest}")).Status);
        Assert.Contains(status == 201 ? $"/blobs/{digest}" : "/blobs/uploads/", answer["Location"], StringComparison.Ordinal);
    }

    [Fact] // end-8a, end-8b
    public async Task Tags_are_listed_in_lexical_order_page_by_page()
    {
        foreach (var tag in (string[])["b", "A", "c", "a", "B"])
            await spec.PushImageAsync(tag);

        var all = await spec.SendAsync("GET", "tags/list");
        var first = await spec.SendAsync("GET", "tags/list?n=3");
        var second = await spec.SendAsync("GET", first["Link"]!.Split('<', '>')[1]);
        var none = await spec.SendAsync("GET", "tags/list?n=0");

        Assert.Equal($$"""{"name":"{{spec.Name}}","tags":["A","a","B","b","c"]}""", all.Text);
        Assert.Contains("""["A","a","B"]""", first.Text, StringComparison.Ordinal);
        Assert.EndsWith("; rel=\"next\"", first["Link"], StringComparison.Ordinal);
        Assert.Contains("""["b","c"]""", second.Text, StringComparison.Ordinal);
        Assert.Null(second["Link"]);
        Assert.Contains("[]", none.Text, StringComparison.Ordinal);
    }

    [Fact] // end-9: tag, manifest; end-10
    public async Task What_is_deleted_is_gone_and_nothing_else()
    {
        var digest = await spec.PushImageAsync("one");
        await spec.PushImageAsync("two");
        await spec.PushImageAsync("other", "another manifest");

        var tag = await spec.SendAsync("DELETE", "manifests/one");
        var afterTag = await spec.SendAsync("GET", $"manifests/{digest}");
        var manifest = await spec.SendAsync("DELETE", $"manifests/{digest}");
        var blob = await spec.SendAsync("DELETE", $"blobs/{Digest.Of(SpecClient.Config)}");

        Assert.Equal((202, 200, 202, 202), (tag.Status, afterTag.Status, manifest.Status, blob.Status));
        Assert.Equal(404, (await spec.SendAsync("GET", "manifests/two")).Status);
        Assert.Equal(404, (await spec.SendAsync("GET", $"manifests/{digest}")).Status);
        Assert.Equal(404, (await spec.SendAsync("GET", $"blobs/{Digest.Of(SpecClient.Config)}")).Status);
        Assert.Equal(200, (await spec.SendAsync("GET", "manifests/other")).Status);
    }

    [Fact] // end-12a, end-12b
    public async Task Referrers_are_listed_with_type_and_annotations_and_can_be_filtered()
    {
        var image = await spec.PushImageAsync("1");
        var about = new Descriptor { MediaType = MediaTypes.OciManifest, Digest = image, Size = 1 };
        var signature = ImageJson.Write(SpecClient.Image("s") with { ArtifactType = "test/signature", Subject = about });
        var bill = ImageJson.Write(SpecClient.Image("b") with { Subject = about });
        var index = ImageJson.Write(new ImageIndex { MediaType = MediaTypes.OciIndex, ArtifactType = "test/index", Manifests = [], Subject = about });

        var put = await spec.PutManifestAsync(Digest.Of(signature).ToString(), signature);
        await spec.PutManifestAsync(Digest.Of(bill).ToString(), bill);
        await spec.PutManifestAsync(Digest.Of(index).ToString(), index, MediaTypes.OciIndex);
        var answer = await spec.SendAsync("GET", $"referrers/{image}");
        var filtered = await spec.SendAsync("GET", $"referrers/{image}?artifactType=test/signature");
        await spec.SendAsync("DELETE", $"manifests/{Digest.Of(bill)}");
        var later = await spec.SendAsync("GET", $"referrers/{image}");

        Assert.Equal(image.ToString(), put["OCI-Subject"]);
        Assert.Equal((200, MediaTypes.OciIndex), (answer.Status, answer["Content-Type"]));
        var types = ImageJson.ReadIndex(answer.Body).Manifests!.Select(m => m.ArtifactType).Order(StringComparer.Ordinal);
        Assert.Equal([MediaTypes.OciConfig, "test/index", "test/signature"], types);
        var one = Assert.Single(ImageJson.ReadIndex(filtered.Body).Manifests!);
        Assert.Equal(("artifactType", "s", Digest.Of(signature)), (filtered["OCI-Filters-Applied"], one.Annotations!["mark"], one.Digest));
        Assert.Equal(2, ImageJson.ReadIndex(later.Body).Manifests!.Length);
    }

    [Fact] // end-12a
    public async Task What_has_no_referrers_has_an_empty_list_of_them()
    {
        var answer = await spec.SendAsync("GET", $"referrers/{Absent}");

        Assert.Equal(200, answer.Status);
        Assert.Empty(ImageJson.ReadIndex(answer.Body).Manifests!);
    }

    [Fact] // "Unavailable Referrers API": the tag that clients keep then
    public async Task Referrers_that_a_client_listed_under_a_tag_count_too()
    {
        var image = await spec.PushImageAsync("1");
        var signature = await spec.PushImageAsync("s", "a signature");
        var size = ImageJson.Write(SpecClient.Image("a signature")).Length;
        var list = new ImageIndex { MediaType = MediaTypes.OciIndex, Manifests = [new Descriptor { MediaType = MediaTypes.OciManifest, Digest = signature, Size = size, ArtifactType = "test/old" }] };
        await spec.PutManifestAsync($"sha256-{image.Hex}", ImageJson.Write(list), MediaTypes.OciIndex);

        var answer = await spec.SendAsync("GET", $"referrers/{image}");

        Assert.Equal("test/old", Assert.Single(ImageJson.ReadIndex(answer.Body).Manifests!).ArtifactType);
    }
}
