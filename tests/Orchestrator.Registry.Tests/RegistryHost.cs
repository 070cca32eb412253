using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orchestrator.Images;
using Orchestrator.Images.Distribution;
using Orchestrator.Linux.Files;

namespace Orchestrator.Registry.Tests;

/// <summary>A manager's registry and images on a real Kestrel at a loopback port; may have others beside it.</summary>
internal sealed class RegistryHost : IAsyncDisposable, IRegistryPeers, IClusterRegistry
{
    private readonly string folder;
    private readonly long uploadChunkBytes;
    private readonly HttpClientHandler handler = new();
    private WebApplication? web;
    private int answered;

    public ImageService Images { get; private set; } = null!; // Set by StartAsync, the only way to get one.

    public ImageRegistry Registry { get; private set; } = null!;

    public RegistryRights Rights { get; set; } = RegistryRights.Pull | RegistryRights.Push | RegistryRights.Peer;

    /// <summary>How many requests are over, whatever came of them.</summary>
    public int Answered => Volatile.Read(ref answered);

    /// <summary>Null: everybody has <see cref="Rights"/>.</summary>
    public RegistryAuthorizer? RightsOf { get; set; }

    public Uri Address { get; private set; } = new("http://127.0.0.1:0");

    public string Host => Address.Authority;

    public IReadOnlyList<Uri> Others { get; set; } = [];

    public IReadOnlyList<Uri> Managers { get; set; } = [];

    public HttpMessageHandler Handler => handler;

    public HttpClient Http { get; } = new();

    public string DataRoot => folder;

    private RegistryHost(string folder, long uploadChunkBytes) =>
        (this.folder, this.uploadChunkBytes) = (folder, uploadChunkBytes);

    /// <param name="folder">Of all it keeps; null: one of its own.</param>
    public static async Task<RegistryHost> StartAsync(string? folder = null, long uploadChunkBytes = 64 << 20)
    {
        var host = new RegistryHost(
            folder ?? Directory.CreateTempSubdirectory("orch-registry-").FullName, uploadChunkBytes);
        await host.OpenAsync();
        return host;
    }

    /// <summary>As many managers as asked for that know one another.</summary>
    public static async Task<RegistryHost[]> StartClusterAsync(int count)
    {
        var hosts = new RegistryHost[count];
        for (var i = 0; i < count; i++)
            hosts[i] = await StartAsync();
        foreach (var host in hosts)
        {
            host.Others = [.. hosts.Where(h => h != host).Select(h => h.Address)];
            host.Managers = [host.Address, .. host.Others];
        }

        return hosts;
    }

    public async Task OpenAsync()
    {
        Images = await ImageService.OpenAsync(
            new ImageOptions { DataRoot = folder, TransferAttempts = 2, UploadChunkBytes = uploadChunkBytes }, this,
            TimeProvider.System, default);
        Registry = new ImageRegistry(
            new RegistryOptions { Root = Path.Combine(folder, "registry") }, Images.Content, this, TimeProvider.System);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        // As the daemon serves it: files go by way of the kernel.
        builder.WebHost.UseSockets(sockets => sockets.MaxWriteBufferSize = FileSender.BufferBytes);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(
            IPAddress.Loopback, Address.Port, listen => listen.UseFileSending()));
        web = builder.Build();
        web.Use(async (context, next) =>
        {
            try
            {
                await next(context);
            }
            finally
            {
                Interlocked.Increment(ref answered);
            }
        });
        web.MapRegistry(Registry, (context, name) => RightsOf?.Invoke(context, name) ?? Rights);
        await web.StartAsync();
        Address = new Uri(web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
    }

    public async Task StopAsync()
    {
        await web!.StopAsync();
        await web.DisposeAsync();
        web = null;
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
        DirectoryTree.Delete(folder);
    }
}
