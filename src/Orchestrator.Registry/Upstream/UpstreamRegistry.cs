using System.Collections.Concurrent;
using Orchestrator.Images.Distribution;
using Orchestrator.Oci.Images;

namespace Orchestrator.Registry.Upstream;

/// <summary>The way to the upstream's repositories.</summary>
internal sealed class UpstreamRegistry : IDisposable
{
    /// <summary>Clients keep their repository's token; of more than so many all are forgotten.</summary>
    private const int MaxClients = 256;

    private readonly UpstreamOptions options;
    private readonly ConcurrentDictionary<string, RegistryClient> clients = new(StringComparer.Ordinal);
    private readonly HttpClient http;

    public UpstreamRegistry(UpstreamOptions options)
    {
        this.options = options;
        var handler = new SocketsHttpHandler
        {
            ConnectTimeout = TimeSpan.FromSeconds(5),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            AutomaticDecompression = System.Net.DecompressionMethods.None, // Digests are over what is sent.
        };
        http = new HttpClient(handler, disposeHandler: true) { Timeout = Timeout.InfiniteTimeSpan };
        http.DefaultRequestHeaders.UserAgent.ParseAdd("orch/0.1");
    }

    /// <param name="name">As it is called here; the upstream's is without the namespace.</param>
    public RegistryClient Client(string name)
    {
        if (clients.Count > MaxClients)
            clients.Clear();
        return clients.GetOrAdd(name, Make);
    }

    public Reference Reference(string name) => Client(name).Repository;

    public void Dispose() => http.Dispose();

    private RegistryClient Make(string name)
    {
        var path = options.Namespace.Length > 0 ? name[(options.Namespace.Length + 1)..] : name;
        var reference = Oci.Images.Reference.Parse($"{IClusterRegistry.Domain}/{path}")
            .AtDomain(options.Address.Authority, path);
        return new RegistryClient([new RegistryEndpoint(options.Address, http)], reference, options.Credentials);
    }
}
