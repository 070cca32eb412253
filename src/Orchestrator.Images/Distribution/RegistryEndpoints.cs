using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using Orchestrator.Oci.Images;

namespace Orchestrator.Images.Distribution;

/// <summary>Knows where to reach the registry of a name.</summary>
[SuppressMessage("Reliability", "CA2000", Justification = "Each handler is owned by the client made from it.")]
[SuppressMessage("Security", "CA5359", Justification = "Only for registries that the operator named insecure.")]
internal sealed class RegistryEndpoints : IDisposable
{
    private const string DockerHub = "https://registry-1.docker.io";
    private const string DockerHubIndex = "https://index.docker.io";

    private readonly IClusterRegistry? cluster;
    private volatile Choice choice;
    private readonly HttpClient strict = Client(new SocketsHttpHandler(), owned: true);
    private readonly HttpClient lenient = Client(new SocketsHttpHandler
    {
        // What the operator named insecure need not prove who it is: docker's meaning of the setting.
        SslOptions = { RemoteCertificateValidationCallback = (_, _, _, _) => true },
    }, owned: true);

    private readonly HttpClient? mutual;

    public RegistryEndpoints(ImageOptions options, IClusterRegistry? cluster)
    {
        this.cluster = cluster;
        choice = Choice.Of(options);
        mutual = cluster is null ? null : Client(cluster.Handler, owned: false);
    }

    /// <summary>Whether the cluster's registry can be asked for names that do not say where they are from.</summary>
    public bool HasCluster => cluster is { Managers.Count: > 0 };

    /// <summary>From now on mirrors and insecure registries are these; what is under way ends as it began.</summary>
    public void Use(ImageOptions options) => choice = Choice.Of(options);

    /// <summary>Where to try, in order.</summary>
    /// <exception cref="ImageException">
    /// Unavailable: the cluster's registry is meant, and the node is in no cluster.
    /// </exception>
    public IReadOnlyList<RegistryEndpoint> Of(string domain)
    {
        if (domain == IClusterRegistry.Domain)
            return OfCluster();
        if (domain == Reference.DefaultDomain)
            return [.. choice.Mirrors.Append(new Uri(DockerHub)).Select(m => new RegistryEndpoint(m, strict))];
        return MayBePlain(domain)
            ? [new(new Uri($"https://{domain}"), lenient), new(new Uri($"http://{domain}"), lenient)]
            : [new(new Uri($"https://{domain}"), strict)];
    }

    /// <summary>Where logins are tried: the registry itself, no mirror of it.</summary>
    public IReadOnlyList<RegistryEndpoint> ForLogin(string domain) =>
        domain == Reference.DefaultDomain ? [new(new Uri(DockerHub), strict)] : Of(domain);

    /// <summary>Where searches are made: the hub has a server of its own for them.</summary>
    public IReadOnlyList<RegistryEndpoint> ForSearch(string domain) =>
        domain == Reference.DefaultDomain ? [new(new Uri(DockerHubIndex), strict)] : Of(domain);

    public void Dispose()
    {
        strict.Dispose();
        lenient.Dispose();
        mutual?.Dispose();
    }

    private List<RegistryEndpoint> OfCluster() => cluster is { Managers: { Count: > 0 } managers }
        ? [.. managers.Select(m => new RegistryEndpoint(m, mutual!))]
        : throw new ImageException(ImageError.Unavailable,
            $"{IClusterRegistry.Domain} is the registry of a cluster, and this node is in none: " +
            "create one with \"orch swarm init\" or join one with \"orch swarm join\"");

    private bool MayBePlain(string domain)
    {
        var host = domain.StartsWith('[')
            ? domain[1..domain.IndexOf(']', StringComparison.Ordinal)] : domain.Split(':')[0];
        var (now, isAddress) = (choice, IPAddress.TryParse(host, out var address));
        return now.Insecure.Contains(domain) || now.Insecure.Contains(host) || host == "localhost"
            || (isAddress && (IPAddress.IsLoopback(address!) || now.InsecureNetworks.Any(n => n.Contains(address!))));
    }

    private static HttpClient Client(HttpMessageHandler handler, bool owned)
    {
        if (handler is SocketsHttpHandler sockets && owned)
        {
            sockets.ConnectTimeout = TimeSpan.FromSeconds(15);
            sockets.PooledConnectionLifetime = TimeSpan.FromMinutes(5);
            sockets.AutomaticDecompression = DecompressionMethods.None; // Digests are over what is sent.
        }

        var client = new HttpClient(handler, disposeHandler: owned) { Timeout = Timeout.InfiniteTimeSpan };
        client.DefaultRequestHeaders.UserAgent.ParseAdd("orch/0.1");
        return client;
    }

    /// <param name="Insecure">Names, with a port or without.</param>
    /// <param name="InsecureNetworks">Those given as <c>10.0.0.0/8</c>.</param>
    private sealed record Choice(
        ImmutableArray<Uri> Mirrors, FrozenSet<string> Insecure, ImmutableArray<IPNetwork> InsecureNetworks)
    {
        public static Choice Of(ImageOptions options) => new(
            options.RegistryMirrors,
            options.InsecureRegistries.ToFrozenSet(StringComparer.OrdinalIgnoreCase),
            [.. options.InsecureRegistries.Where(name => IPNetwork.TryParse(name, out _)).Select(
                name => IPNetwork.Parse(name))]);
    }
}
