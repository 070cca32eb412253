using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orchestrator.Images;
using Orchestrator.Oci.Images;

namespace Orchestrator.Registry.Tests;

/// <summary>A registry that lies to our client: a clear error, and nothing kept.</summary>
public sealed class HostileRegistryTests
{
    private static readonly byte[] Config = ImageJson.Write(new ImageConfig { Os = "linux", Architecture = "amd64", RootFs = new RootFs { DiffIds = [Digest.Of("tar"u8)] } });

    private static readonly Manifest Image = new()
    {
        MediaType = MediaTypes.OciManifest,
        Config = Descriptor.Of(Config, MediaTypes.OciConfig),
        Layers = [Descriptor.Of("tar"u8, MediaTypes.OciLayer)],
    };

    [Theory]
    [InlineData("endless manifest", "larger than 4 MiB")]
    [InlineData("other manifest", "sent something else")]
    [InlineData("no json", "damaged")]
    [InlineData("endless index", "no matching manifest")]
    [InlineData("endless blob", "larger than its")]
    [InlineData("short blob", "ended after")]
    [InlineData("other blob", "does not match its digest")]
    [InlineData("blob of zeros", "cannot")]
    public async Task A_lie_is_called_one_and_leaves_nothing(string lie, string words)
    {
        await using var node = await RegistryHost.StartAsync();
        await using var server = await StartAsync(lie);
        var host = new Uri(server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Authority;
        var name = lie is "other manifest" or "endless index" ? $"{host}/a@{Digest.Of(lie == "endless index" ? Nested(20) : "x"u8.ToArray())}" : $"{host}/a:1";

        var error = await Assert.ThrowsAsync<ImageException>(() => node.Images.PullAsync(name, null, null, null, default));

        if (words != "cannot")
            Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
        Assert.Empty(node.Images.Content.List());
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(node.DataRoot, "content", "ingest")));
    }

    [Fact]
    public async Task A_registry_that_is_busy_is_asked_again_when_it_said()
    {
        await using var node = await RegistryHost.StartAsync();
        await using var server = await StartAsync("busy once");
        var host = new Uri(server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Authority;
        var said = new List<string>();

        var error = await Assert.ThrowsAsync<ImageException>(() => node.Images.PullAsync($"{host}/a:1", null, null, new Listener(said), default));

        // The other blob is damaged, which ends the pull; the wait was that of the header, not half a second.
        Assert.Contains("does not match its digest", error.Message, StringComparison.Ordinal);
        Assert.Contains("Retrying in 2 seconds", said);
    }

    private sealed class Listener(List<string> said) : IProgress<ImageProgress>
    {
        public void Report(ImageProgress value)
        {
            lock (said)
                said.Add(value.Status ?? "");
        }
    }

    /// <summary>An index that names one that names one…</summary>
    private static byte[] Nested(int depth) => ImageJson.Write(depth == 0
        ? new ImageIndex { MediaType = MediaTypes.OciIndex, Manifests = [] }
        : new ImageIndex { MediaType = MediaTypes.OciIndex, Manifests = [Descriptor.Of(Nested(depth - 1), MediaTypes.OciIndex)] });

    private static async Task<WebApplication> StartAsync(string lie)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var server = builder.Build();
        var busy = lie == "busy once";
        server.Map("/v2/a/manifests/{reference}", (HttpContext http, string reference) => lie switch
        {
            "endless manifest" => EndlessAsync(http, MediaTypes.OciManifest),
            "no json" => BytesAsync(http, "<html>"u8.ToArray(), MediaTypes.OciManifest),
            "endless index" => BytesAsync(http, Enumerable.Range(0, 21).Select(Nested).First(n => Digest.Of(n).ToString() == reference), MediaTypes.OciIndex),
            _ => BytesAsync(http, ImageJson.Write(Image), MediaTypes.OciManifest),
        });
        server.Map("/v2/a/blobs/{digest}", (HttpContext http, string digest) => (digest == Image.Config!.Digest.ToString(), lie) switch
        {
            (true, _) => BytesAsync(http, Config, "application/octet-stream"),
            (_, "busy once") when busy => Busy(http),
            (_, "endless blob") => EndlessAsync(http, "application/octet-stream"),
            (_, "short blob") => BytesAsync(http, "t"u8.ToArray(), "application/octet-stream"),
            (_, "other blob") => BytesAsync(http, "rat"u8.ToArray(), "application/octet-stream"),
            _ => BytesAsync(http, new byte[3], "application/octet-stream"),
        });
        await server.StartAsync();
        return server;

        Task Busy(HttpContext http)
        {
            busy = false;
            http.Response.Headers.RetryAfter = "2";
            http.Response.StatusCode = StatusCodes.Status429TooManyRequests;
            return Task.CompletedTask;
        }
    }

    private static Task BytesAsync(HttpContext http, byte[] bytes, string type) => Results.Bytes(bytes, type).ExecuteAsync(http);

    private static async Task EndlessAsync(HttpContext http, string type)
    {
        http.Response.ContentType = type;
        try
        {
            for (var chunk = new byte[64 * 1024]; ; http.RequestAborted.ThrowIfCancellationRequested())
                await http.Response.Body.WriteAsync(chunk, http.RequestAborted);
        }
        catch (OperationCanceledException)
        {
            // The client had enough.
        }
    }
}
