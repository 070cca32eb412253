using System.Collections.Immutable;

namespace Orchestrator.Network.Tests;

/// <summary>Two nodes on one wire and a service "web" on one overlay, programmed by hand.</summary>
internal sealed class TwoHosts : IAsyncDisposable
{
    public static readonly NetworkConfig Backend = new()
    {
        Id = "backend0000000000000000000", Name = "backend", Driver = "overlay", Scope = "swarm", Vni = 4097,
        Pools = [new IpamPool("10.0.1.0/24")],
    };

    public static readonly NetworkConfig Mesh = new()
    {
        Id = "ingress0000000000000000000", Name = "ingress", Driver = "overlay", Scope = "swarm", Vni = 4096,
            Ingress = true,
        Pools = [new IpamPool("10.0.0.0/24")],
    };

    private readonly Dictionary<string, TestContainer> containers = [];
    private readonly List<string> vteps;
    private NetworkConfig network;

    private TwoHosts(NetworkConfig network, TestHost[] hosts)
    {
        this.network = network;
        Hosts = [.. hosts];
        Wire = TestHost.Join(hosts);
        vteps = [.. hosts.Select(h => h.Vtep)];
    }

    public ImmutableArray<TestHost> Hosts { get; }

    public Underlay Wire { get; }

    public List<OverlayEndpoint> Tasks { get; set; } = [];

    public List<string> Faults { get; } = [];

    /// <summary>What HTTP requests lead to it; its tasks are filled in.</summary>
    public ImmutableArray<IngressRoute> Routes { get; set; } = [];

    public ImmutableSortedDictionary<string, string> Certificates { get; set; } =
        ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>The services on an overlay that is no mesh.</summary>
    public OverlayService Service { get; set; } = new("s1", "web", "10.0.1.2");

    /// <summary>Each container asks for the service's name before it calls it, as programs do.</summary>
    public bool AsksForTheService { get; set; } = true;

    /// <summary>How many of the hosts the cluster knows to be in the mesh; null: all.</summary>
    public int? Members { get; set; }

    /// <summary>A host's own address in the mesh.</summary>
    public Func<int, string> MeshAddress { get; set; } = static host => $"10.0.0.{host + 2}";

    /// <summary>What the service publishes by the mesh; its tasks are filled in.</summary>
    public ImmutableArray<IngressPort> Published { get; set; } = [new IngressPort("tcp", 8080, 80, "s1", [])];

    /// <summary>What each host said of its underlay; 0: nothing.</summary>
    public int[] UnderlayMtus { get; set; } = [0, 0];

    /// <summary>UDP port of VXLAN; 0: the cluster does not say.</summary>
    public int DataPathPort { get; set; }

    /// <summary>Whether the hosts are told one another's public keys.</summary>
    public bool KnowsKeys { get; set; } = true;

    /// <summary>What the managers gave to nodes of networks under IPsec.</summary>
    public ImmutableArray<ClusterKey> Keys { get; set; } = [];

    public TestContainer this[string name] => containers[name];

    /// <param name="mends">How often each host mends what somebody changed; null: never.</param>
    /// <param name="underlay">Of the hosts' addresses, without the last number.</param>
    public static async Task<TwoHosts> StartAsync(
        NetworkConfig? network = null, TimeSpan? mends = null, string underlay = "10.77.0.") => new(
        network ?? Backend,
        [await TestHost.StartAsync($"{underlay}1", mends), await TestHost.StartAsync($"{underlay}2", mends)]);

    public async Task PlaceAsync(params (string Name, string Ip, int Host)[] tasks)
    {
        Tasks = [.. Tasks, .. tasks.Select(t => new OverlayEndpoint
        {
            TaskId = t.Name, Name = t.Name, ServiceId = ServiceOf(t.Name), Ip = t.Ip, Ip6 = Paired(t.Ip),
                NodeVtep = vteps[t.Host],
                Ready = true,
        })];
        await ApplyAsync();
        foreach (var (name, ip, host) in tasks)
            containers[name] = await Hosts[host].RunAsync(
                name, new EndpointConfig { NetworkId = network.Id, IPv4 = ip, IPv6 = Paired(ip) });
        foreach (var (name, _, _) in AsksForTheService && !network.Ingress ? tasks : [])
            await Tests.Wire.ResolveAsync(containers[name].Namespace, Service.Name);
    }

    /// <summary>From the next view on.</summary>
    public void Widen(string subnet) => network = network with { Pools = network.Pools.Add(new IpamPool(subnet)) };

    /// <summary>The address of IPv6 that goes with one of IPv4; null: the network has none.</summary>
    public string? Paired(string ip) => network.Pool6 is { } six ? Model.PairedAddress.Of(six.Subnet, ip) : null;

    /// <summary>What the user made of the network since.</summary>
    public void Change(NetworkConfig changed) => network = changed;

    /// <summary>A host is reached at another address.</summary>
    public void Move(int host, string address)
    {
        Tasks = [.. Tasks.Select(t => t.NodeVtep == vteps[host] ? t with { NodeVtep = address } : t)];
        vteps[host] = address;
    }

    public void SetReady(string name, bool ready) =>
        Tasks = [.. Tasks.Select(t => t.Name == name ? t with { Ready = ready } : t)];

    public void Remove(string name) => Tasks.RemoveAll(t => t.Name == name);

    /// <param name="host">The only one that hears of it; null: all.</param>
    public async Task ApplyAsync(int? host = null)
    {
        Faults.Clear();
        for (var i = host ?? 0; i <= (host ?? Hosts.Length - 1); i++)
            Faults.AddRange((await Hosts[i].Network.ApplyClusterAsync(View(i), default)).Faults);
    }

    public IDisposable ServeAll(int port) =>
        new Servers([.. containers.Values.Select(c => Tests.Wire.Serve(c.Namespace, port, c.Id))]);

    public IDisposable ServeAllWith(Func<Linux.Netlink.NetNamespace, IDisposable> server) =>
        new Servers([.. containers.Values.Select(c => server(c.Namespace))]);

    public async ValueTask DisposeAsync()
    {
        foreach (var container in containers.Values)
            container.Dispose();
        foreach (var host in Hosts)
            await host.DisposeAsync();
        Wire.Dispose();
    }

    public ClusterView View(int host) => new(vteps[host])
    {
        DataPathPort = DataPathPort,
        Keys = Keys,
        Overlays = [new OverlayView(network)
        {
            Endpoints =
            [
                .. Tasks.Select(t => t with
                {
                    IsLocal = t.NodeVtep == vteps[host],
                    UnderlayMtu = UnderlayMtus.ElementAtOrDefault(vteps.IndexOf(t.NodeVtep)),
                    WireGuardKey = KnowsKeys && network.Encryption == "wireguard"
                        ? Hosts[vteps.IndexOf(t.NodeVtep)].PublicKey : "",
                    EspEpoch = network.Encryption == "esp" ? Hosts[vteps.IndexOf(t.NodeVtep)].Network.EspEpoch() : 0,
                }),
                .. network.Ingress ? Enumerable.Range(0, Members ?? Hosts.Length).Select(NodeEndpoint) : [],
            ],
            Services = network.Ingress ? []
                : [Service with { Vip6 = Paired("10.0.1.2") }, new OverlayService("s2", "db", "10.0.1.9")],
        }],
        Ingress = network.Ingress
            ? new IngressView(network.Id, MeshAddress(host))
            {
                Ports =
                [
                    .. Published.Select(p => p with
                    {
                        Backends = [.. Tasks.Where(t => t.Ready).SelectMany(t => t.Addresses)],
                        Draining = Addresses(isReady: false),
                    }),
                ],
                Routes = [.. Routes.Select(r => r with { Backends = Addresses(isReady: true) })],
                Certificates = Certificates,
            }
            : null,
    };

    private static string ServiceOf(string task) => task.StartsWith("db.", StringComparison.Ordinal) ? "s2" : "s1";

    private ImmutableArray<string> Addresses(bool isReady) =>
        [.. Tasks.Where(t => t.Ready == isReady).Select(t => t.Ip)];

    private OverlayEndpoint NodeEndpoint(int host) => new()
    {
        TaskId = "", Name = "", Ip = MeshAddress(host), Ip6 = Paired(MeshAddress(host)), NodeVtep = Hosts[host].Vtep, Ready = true,
    };

    private sealed record Servers(IDisposable[] All) : IDisposable
    {
        public void Dispose() => Array.ForEach(All, s => s.Dispose());
    }
}
