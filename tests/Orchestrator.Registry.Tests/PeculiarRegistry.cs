using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orchestrator.Oci.Images;

namespace Orchestrator.Registry.Tests;

/// <summary>Takes uploads as the specification allows it and ours does not.</summary>
internal sealed class PeculiarRegistry : IAsyncDisposable
{
    private readonly WebApplication web;
    private readonly ConcurrentDictionary<string, MemoryStream> uploads = new();
    private int begun;

    public PeculiarRegistry()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        web = builder.Build();
        web.Run(AnswerAsync);
    }

    /// <summary>A method that is answered by 405.</summary>
    public string Refused { get; init; } = "";

    public long? MinChunkBytes { get; init; }

    /// <summary>The first upload is unknown after so many chunks.</summary>
    public int ForgetsAfter { get; init; } = int.MaxValue;

    /// <summary>The connection breaks where the answer to the first upload's end would have gone.</summary>
    public bool LosesAnswer { get; init; }

    /// <summary>Where uploads go; null: to this one.</summary>
    public string? Elsewhere { get; init; }

    /// <summary>Who does not show it gets 401.</summary>
    public string? Authorization { get; init; }

    public ConcurrentDictionary<string, byte[]> Blobs { get; } = new();

    /// <summary>Requests that carried bytes of blobs: <c>PATCH 1048576</c>.</summary>
    public ConcurrentQueue<string> Log { get; } = new();

    public ConcurrentQueue<string> Shown { get; } = new();

    public string Host => new Uri(web.Services.GetRequiredService<IServer>().Features
        .Get<IServerAddressesFeature>()!.Addresses.First()).Authority;

    public static async Task<PeculiarRegistry> StartAsync(PeculiarRegistry registry)
    {
        await registry.web.StartAsync();
        return registry;
    }

    private async Task AnswerAsync(HttpContext http)
    {
        var (method, path) = (http.Request.Method, http.Request.Path.Value!);
        Shown.Enqueue(http.Request.Headers.Authorization.ToString());
        if (Authorization is not null && http.Request.Headers.Authorization != Authorization)
        {
            http.Response.Headers.WWWAuthenticate = "Basic realm=\"peculiar\"";
            http.Response.StatusCode = 401;
            return;
        }

        http.Response.StatusCode = method switch
        {
            _ when method == Refused => 405,
            "HEAD" => Blobs.ContainsKey(path.Split('/')[^1]) ? 200 : 404,
            "POST" => Begin(http),
            _ when path.Contains("/manifests/", StringComparison.Ordinal) => 201,
            _ when !uploads.ContainsKey(IdOf(path)) => 404,
            "GET" => Describe(http, IdOf(path), 204),
            _ => await TakeAsync(http, IdOf(path)),
        };
    }

    private static string IdOf(string path) => path.Split('/')[^1];

    private int Begin(HttpContext http)
    {
        var id = $"{Interlocked.Increment(ref begun)}";
        uploads[id] = new MemoryStream();
        if (MinChunkBytes is { } least)
            http.Response.Headers["OCI-Chunk-Min-Length"] = least.ToString(CultureInfo.InvariantCulture);
        return Describe(http, id, 202);
    }

    private int Describe(HttpContext http, string id, int status)
    {
        http.Response.Headers.Location = $"{Elsewhere}/v2/a/blobs/uploads/{id}";
        http.Response.Headers.Range = $"0-{Math.Max(0, uploads[id].Length - 1)}";
        return status;
    }

    private async Task<int> TakeAsync(HttpContext http, string id)
    {
        var upload = uploads[id];
        var before = upload.Length;
        await http.Request.Body.CopyToAsync(upload);
        Log.Enqueue($"{http.Request.Method} {upload.Length - before}");
        if (http.Request.Method == "PUT")
            return Finish(http, id);
        if (upload.Length - before < MinChunkBytes)
            return 416;
        if (id == "1" && Log.Count > ForgetsAfter)
            uploads.TryRemove(id, out _);
        return uploads.ContainsKey(id) ? Describe(http, id, 202) : 503;
    }

    private int Finish(HttpContext http, string id)
    {
        uploads.TryRemove(id, out var upload);
        var digest = Digest.Of(upload!.ToArray()).ToString();
        if (digest != http.Request.Query["digest"])
            return 400;
        Blobs[digest] = upload.ToArray();
        if (LosesAnswer && id == "1")
            http.Abort();
        return 201;
    }

    public ValueTask DisposeAsync() => web.DisposeAsync();
}
