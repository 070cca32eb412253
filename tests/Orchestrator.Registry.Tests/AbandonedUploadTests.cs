using System.Net.Sockets;
using System.Text;
using Orchestrator.Oci.Images;

namespace Orchestrator.Registry.Tests;

/// <summary>Clients that vanish in the midst of an upload.</summary>
public sealed class AbandonedUploadTests(SharedHost shared) : IClassFixture<SharedHost>
{
    private static readonly byte[] Blob = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 20)));

    private RegistryHost Host => shared.Host;

    [Fact]
    public async Task An_upload_abandoned_at_any_byte_goes_on_from_what_came()
    {
        var spec = new SpecClient(Host, "abandoned/chunks");
        for (var cut = 0; cut < Blob.Length; cut++)
        {
            var upload = await spec.BeginAsync();
            await AbandonAsync($"PATCH {upload} HTTP/1.1", Blob, cut);
            // Asked of the registry itself: the protocol says 0-0 of one byte and of none.
            var have = (int)Host.Registry.Uploads.Find(spec.Name, upload.Split('/')[^1]).Ingest.Length;

            var done = await spec.SendAsync("PUT", $"{upload}?digest={Digest.Of(Blob)}", Blob[have..]);

            Assert.InRange(have, 0, cut);
            Assert.Equal(201, done.Status);
            Assert.Equal(Blob, (await spec.SendAsync("GET", $"blobs/{Digest.Of(Blob)}")).Body);
            await spec.SendAsync("DELETE", $"blobs/{Digest.Of(Blob)}");
        }
    }

    [Fact]
    public async Task An_upload_of_one_request_that_is_abandoned_at_any_byte_leaves_nothing()
    {
        var digest = Digest.Of("never whole"u8);
        for (var cut = 0; cut < Blob.Length; cut += 7)
            await AbandonAsync($"POST /v2/abandoned/once/blobs/uploads/?digest={digest} HTTP/1.1", Blob, cut);

        Assert.True(await EventuallyAsync(() => Task.FromResult(Host.Registry.Uploads.CountOf("abandoned/once") == 0)));
        Assert.False(Host.Images.Content.Contains(digest));
    }

    [Fact]
    public async Task A_manifest_that_is_abandoned_is_not_there()
    {
        var spec = new SpecClient(Host, "abandoned/manifest");
        await spec.PushImageAsync("other");

        await AbandonAsync($"PUT /v2/{spec.Name}/manifests/1 HTTP/1.1\r\nContent-Type: {MediaTypes.OciManifest}", ImageJson.Write(SpecClient.Image()), 20);

        Assert.Equal(404, (await spec.SendAsync("GET", "manifests/1")).Status);
    }

    /// <summary>Announces a body and closes the connection after so many bytes of it.</summary>
    private async Task AbandonAsync(string head, byte[] body, int cut)
    {
        var before = Host.Answered;
        using var client = new TcpClient();
        await client.ConnectAsync(Host.Address.Host, Host.Address.Port);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"{head}\r\nHost: x\r\nContent-Length: {body.Length}\r\n\r\n"));
        await stream.WriteAsync(body.AsMemory(0, cut));
        client.Client.Shutdown(SocketShutdown.Send);
        Assert.True(await EventuallyAsync(() => Task.FromResult(Host.Answered > before)));
    }

    private static async Task<bool> EventuallyAsync(Func<Task<bool>> holds)
    {
        for (var i = 0; i < 500; i++)
        {
            if (await holds())
                return true;
            await Task.Delay(10);
        }

        return false;
    }
}
