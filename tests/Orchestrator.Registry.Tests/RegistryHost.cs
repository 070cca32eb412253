using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orchestrator.Daemon.Clustering;
using Orchestrator.Images;
using Orchestrator.Images.Distribution;
using Orchestrator.Images.Sharing;
using Orchestrator.Linux.Files;
using Orchestrator.Testing;

namespace Orchestrator.Registry.Tests;

/// <summary>A manager's registry and images on a real Kestrel at a loopback port; may have others beside it.</summary>
internal sealed class RegistryHost : IAsyncDisposable, IRegistryPeers, IClusterRegistry
{
    private readonly string folder;
    private readonly long uploadChunkBytes;
    private readonly HttpClientHandler handler = new();
    private readonly HeldPort port = new(); // Also while it is stopped: it comes back where it was.
    private WebApplication? web;
    private ReplicatedNames? names;
    private int answered;

    public ImageService Images { get; private set; } = null!; // Set by StartAsync, the only way to get one.

    public ImageRegistry Registry { get; private set; } = null!;

    public RegistryRights Rights { get; set; } = RegistryRights.Pull | RegistryRights.Push | RegistryRights.Peer;

    /// <summary>How many requests are over, whatever came of them.</summary>
    public int Answered => Volatile.Read(ref answered);

    /// <summary>Method and path of every request so far.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>What answers are written through; null: as they are. Only without <see cref="SendsFiles"/>.</summary>
    public Func<Stream, Stream>? Body { get; set; }

    /// <summary>As the daemon serves it: files go by way of the kernel, past all that is written.</summary>
    public bool SendsFiles { get; private init; } = true;

    /// <summary>What it has of another registry; null: nothing.</summary>
    public PullThroughCache? Cache { get; private set; }

    /// <summary>Null: everybody has <see cref="Rights"/>.</summary>
    public RegistryAuthorizer? RightsOf { get; set; }

    public Uri Address => new($"http://{port.EndPoint}");

    public string Host => Address.Authority;

    public IReadOnlyList<Uri> Others { get; set; } = [];

    public IReadOnlyList<Uri> Managers { get; set; } = [];

    public HttpMessageHandler Handler => handler;

    /// <summary>Nodes that this one may pull from instead.</summary>
    public IBlobPeers? Peers { get; set; }

    public HttpClient Http { get; } = new();

    public string DataRoot => folder;

    /// <summary>What the managers agree on; null: this one is alone, or the next time it opens.</summary>
    public ClusterStore? Store { get; set; }

    /// <summary>Of a host with a <see cref="Store"/>.</summary>
    public ReplicatedNames Names => names!;

    private RegistryHost(string folder, long uploadChunkBytes) =>
        (this.folder, this.uploadChunkBytes) = (folder, uploadChunkBytes);

    /// <param name="folder">Of all it keeps; null: one of its own.</param>
    public static async Task<RegistryHost> StartAsync(
        string? folder = null, long uploadChunkBytes = 64 << 20, ClusterStore? store = null, bool sendsFiles = true)
    {
        var host = new RegistryHost(
            folder ?? Directory.CreateTempSubdirectory("orch-registry-").FullName, uploadChunkBytes)
        {
            Store = store, SendsFiles = sendsFiles,
        };
        await host.OpenAsync();
        return host;
    }

    /// <summary>As many managers as asked for that know one another.</summary>
    public static async Task<RegistryHost[]> StartClusterAsync(int count, TimeSpan? endurance = null)
    {
        var store = new ClusterStore(endurance);
        await store.FoundAsync();
        var hosts = new RegistryHost[count];
        for (var i = 0; i < count; i++)
            hosts[i] = await StartAsync(store: store);
        Introduce(hosts);
        return hosts;
    }

    /// <param name="options">Given the root, of its cache.</param>
    public static async Task<RegistryHost> StartCacheAsync(Func<string, UpstreamOptions> options, TimeProvider time)
    {
        var host = await StartAsync();
        host.Cache = PullThroughCache.Open(
            options(Path.Combine(host.folder, "registry-cache")), host.Images.Content, time);
        return host;
    }

    public static void Introduce(RegistryHost[] hosts)
    {
        foreach (var host in hosts)
        {
            host.Others = [.. hosts.Where(h => h != host).Select(h => h.Address)];
            host.Managers = [host.Address, .. host.Others];
        }
    }

    public async Task OpenAsync()
    {
        Images = await ImageService.OpenAsync(
            new ImageOptions { DataRoot = folder, TransferAttempts = 2, UploadChunkBytes = uploadChunkBytes }, this,
            TimeProvider.System, default);
        var options = new RegistryOptions { Root = Path.Combine(folder, "registry"), ManifestGrace = TimeSpan.Zero };
        names = Store is null ? null : new ReplicatedNames(Store.Names) { Patience = TimeSpan.FromMilliseconds(50) };
        Registry = names is null
            ? ImageRegistry.Alone(options, Images.Content, TimeProvider.System)
            : ImageRegistry.OfCluster(options, Images.Content, names, names, this, TimeProvider.System);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseSockets(sockets => sockets.MaxWriteBufferSize = FileSender.BufferBytes);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.ServeBlobs();
            kestrel.Listen(port.EndPoint, listen => _ = SendsFiles ? listen.UseFileSending() : listen);
        });
        web = builder.Build();
        web.Use(async (context, next) =>
        {
            Requests.Enqueue($"{context.Request.Method} {context.Request.Path}");
            if (Body is not null)
                context.Response.Body = Body(context.Response.Body);
            try
            {
                await next(context);
            }
            finally
            {
                Interlocked.Increment(ref answered);
            }
        });
        web.Map("/v2/{**path}", (HttpContext context) => new RegistryRequests(
            Registry, (caller, name) => RightsOf?.Invoke(caller, name) ?? Rights, Cache).HandleAsync(
                context, (string?)context.Request.RouteValues["path"] ?? ""));
        await web.StartAsync();
    }

    public async Task StopAsync()
    {
        await web!.StopAsync();
        await web.DisposeAsync();
        web = null;
        if (Cache is not null)
            await Cache.DisposeAsync();
        Registry.Dispose();
        await Images.DisposeAsync();
    }

    public Uri Url(string path) => new(Address, path);

    public async ValueTask DisposeAsync()
    {
        if (web is not null)
            await StopAsync();
        Http.Dispose();
        handler.Dispose();
        port.Dispose();
        DirectoryTree.Delete(folder);
    }
}
