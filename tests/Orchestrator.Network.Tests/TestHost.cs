using System.Net;
using Orchestrator.Linux.Netlink;

namespace Orchestrator.Network.Tests;

/// <summary>A host of its own: a network namespace, an uplink when wanted, and the node's network in it.</summary>
internal sealed class TestHost : IAsyncDisposable
{
    public const string Upstream = "192.0.2.53";

    private readonly string root = Directory.CreateTempSubdirectory("orch-net-test-").FullName;
    private readonly string path;
    private string? publicKey;

    public TestHost(string vtep = "", TimeSpan? mends = null)
    {
        path = Path.Combine(root, "host");
        Vtep = vtep;
        Namespace = NetNamespace.CreatePinned(path);
        Route = RouteSocket.Open(Namespace);
        Route.SetUp("lo");
        Options = new NodeNetworkOptions
        {
            DataRoot = Path.Combine(root, "data"),
            ExecRoot = Path.Combine(root, "run"),
            HelperPath = Path.Combine(AppContext.BaseDirectory, "orch-net"),
            HostResolvConf = Path.Combine(root, "resolv.conf"),
            SshConfig = Path.Combine(root, "sshd_config"),
            MendInterval = mends ?? Timeout.InfiniteTimeSpan,
        };
        // An upstream that refuses at once, unless a test listens there.
        Route.EnsureAddress(Route.GetLink("lo").Index, IPAddress.Parse(Upstream), 32);
        File.WriteAllText(Options.HostResolvConf, $"nameserver {Upstream}\nsearch example.org\n");
        Network = Open();
    }

    public NetNamespace Namespace { get; }

    public RouteSocket Route { get; }

    public NodeNetworkOptions Options { get; private set; }

    public NodeNetwork Network { get; private set; }

    public string Vtep { get; }

    /// <summary>What the cluster tells others of it; empty where there is no WireGuard.</summary>
    public string PublicKey => publicKey ??= Network.WireGuardPublicKey();

    /// <summary>Where a namespace of the node is pinned, given a container's id or <c>overlay-</c> and the VNI in
    /// hex.</summary>
    public string FileOfNamespace(string name) => Path.Combine(Options.ExecRoot, "netns", name);

    public string LogOfHelper => File.ReadAllText(Path.Combine(Options.ExecRoot, "helper", "net.log"));

    public static async Task<TestHost> StartAsync(string vtep = "", TimeSpan? mends = null)
    {
        var host = new TestHost(vtep, mends);
        await host.Network.StartAsync(null, default);
        return host;
    }

    /// <summary>Joins hosts by a bridge in a namespace of its own; each gets its VTEP as address.</summary>
    public static Underlay Join(params TestHost[] hosts)
    {
        var underlay = new Underlay();
        foreach (var host in hosts)
            underlay.Add(host);
        return underlay;
    }

    /// <summary>What a new daemon does after the old one was killed.</summary>
    public async Task RestartDaemonAsync(IReadOnlySet<string>? containers = null)
    {
        await Network.DisposeAsync();
        Network = Open();
        await Network.StartAsync(containers, default);
    }

    /// <summary>A daemon that is started, or started again, under these settings.</summary>
    public Task StartWithAsync(NodeNetworkOptions options)
    {
        Options = options;
        return RestartDaemonAsync();
    }

    /// <summary>Makes a container on one network.</summary>
    public Task<TestContainer> RunAsync(string id, string network, string? ip = null, params string[] aliases) =>
        RunAsync(id, new EndpointConfig { NetworkId = network, IPv4 = ip, Aliases = [.. aliases] });

    public async Task<TestContainer> RunAsync(string id, EndpointConfig config)
    {
        var path = await Network.CreateSandboxAsync(id, new SandboxConfig { Name = id, Hostname = id }, default);
        var endpoint = await Network.ConnectAsync(id, config, default);
        return new TestContainer(id, NetNamespace.Open(path), IPAddress.Parse(endpoint.IPv4.Split('/')[0]));
    }

    public async ValueTask DisposeAsync()
    {
        await Network.DestroyAsync(default);
        await Network.DisposeAsync();
        Route.Dispose();
        Namespace.Dispose();
        NetNamespace.Unpin(path);
        Directory.Delete(root, recursive: true);
    }

    private NodeNetwork Open() => Namespace.Run(() => new NodeNetwork(Options));
}

internal sealed record TestContainer(string Id, NetNamespace Namespace, IPAddress Address) : IDisposable
{
    public void Dispose() => Namespace.Dispose();
}

/// <summary>The wire between hosts.</summary>
internal sealed class Underlay : IDisposable
{
    private readonly string path = Path.Combine(Path.GetTempPath(), $"orch-underlay-{Guid.NewGuid():N}");
    private readonly NetNamespace ns;
    private readonly RouteSocket route;
    private readonly LinkInfo bridge;
    private int ports;

    public Underlay()
    {
        ns = NetNamespace.CreatePinned(path);
        route = RouteSocket.Open(ns);
        foreach (var table in new[] { "iptables", "ip6tables", "arptables" })
            ns.Run(() => File.WriteAllText($"/proc/sys/net/bridge/bridge-nf-call-{table}", "0"));
        bridge = route.EnsureBridge("wire", new BridgeSettings());
    }

    public void Add(TestHost host) => Add(host.Namespace, host.Vtep);

    /// <summary>Plugs anything with an address into the wire. It has one of either family: 10.77.0.9 is fd77::9.</summary>
    public void Add(NetNamespace host, string address)
    {
        var own = IPAddress.Parse(address);
        var four = own.GetAddressBytes() is [.., var last] and { Length: 16 } ? new IPAddress([10, 77, 0, last]) : own;
        route.CreateVeth(
            new VethSettings($"p{++ports}", "up0", MacAddress.Derive(four), 1500, bridge.Index),
                host);
        using var inside = RouteSocket.Open(host);
        inside.SetUp("up0");
        inside.EnsureAddress(inside.GetLink("up0").Index, four, 24);
        inside.EnsureAddress(inside.GetLink("up0").Index, IPAddress.Parse($"fd77::{four.GetAddressBytes()[3]}"), 64);
    }

    public void Dispose()
    {
        route.Dispose();
        ns.Dispose();
        NetNamespace.Unpin(path);
    }
}
