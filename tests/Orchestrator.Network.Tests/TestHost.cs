using System.Net;
using Orchestrator.Linux.Netlink;

namespace Orchestrator.Network.Tests;

/// <summary>A host of its own: a network namespace, an uplink when wanted, and the node's network in it. ORCH_HELPER names
/// a native orch-net to try instead.</summary>
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
        (Namespace, Route) = Boot();
        Options = new NodeNetworkOptions
        {
            DataRoot = Path.Combine(root, "data"),
            ExecRoot = Path.Combine(root, "run"),
            HelperPath = Environment.GetEnvironmentVariable("ORCH_HELPER") is { } native
                ? native : Path.Combine(AppContext.BaseDirectory, "orch-net"),
            HostResolvConf = Path.Combine(root, "resolv.conf"),
            SshConfig = Path.Combine(root, "sshd_config"),
            MendInterval = mends ?? Timeout.InfiniteTimeSpan,
        };
        File.WriteAllText(Options.HostResolvConf, $"nameserver {Upstream}\nsearch example.org\n");
        Network = Open();
    }

    public NetNamespace Namespace { get; private set; }

    public RouteSocket Route { get; private set; }

    public NodeNetworkOptions Options { get; private set; }

    public NodeNetwork Network { get; private set; }

    public string Vtep { get; }

    /// <summary>What the cluster tells others of it; empty where there is no WireGuard.</summary>
    public string PublicKey => publicKey ??= Network.WireGuardPublicKey();

    /// <summary>Where a namespace of the node is pinned, given a container's id or <c>overlay-</c> and the VNI in
    /// hex.</summary>
    public string FileOfNamespace(string name) => Path.Combine(Options.ExecRoot, "netns", name);

    /// <summary>Looks for faults until there is none of a way: an echo that came too late on a busy machine is one.</summary>
    public async Task<NetworkReport> FindWellAsync()
    {
        for (var tries = 1; ; tries++)
        {
            var found = await Network.DiagnoseAsync(fix: false, default);
            if (tries == 10 || found.Paths.All(p => p.Fault is null))
                return found;
        }
    }

    public string LogOfHelper => File.ReadAllText(Path.Combine(Options.ExecRoot, "helper", "net.log"));

    /// <summary>orch-net answers nothing for as long as <paramref name="work"/> takes.</summary>
    public async Task WhileHelperStandsStillAsync(Func<Task> work)
    {
        var helper = FindHelper()!.Id;
        await SignalAsync("STOP");
        try
        {
            await work();
        }
        finally
        {
            await SignalAsync("CONT");
        }

        async Task SignalAsync(string signal)
        {
            using var kill = System.Diagnostics.Process.Start("kill", [$"-{signal}", $"{helper}"]);
            await kill.WaitForExitAsync();
        }
    }

    /// <returns>The orch-net of this host, other than the one with that process id; null: there is none.</returns>
    public System.Diagnostics.Process? FindHelper(int except = 0)
    {
        var folder = Path.Combine(Options.ExecRoot, "helper");
        return System.Diagnostics.Process.GetProcessesByName("orch-net").FirstOrDefault(p =>
            p.Id != except && CommandOf(p.Id).Contains(folder, StringComparison.Ordinal));

        static string CommandOf(int process)
        {
            try
            {
                return File.ReadAllText($"/proc/{process}/cmdline");
            }
            catch (IOException)
            {
                return ""; // Another test's, that has just ended.
            }
        }
    }

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

    /// <summary>A power cut, and everything anew but the data root: no namespace is left, no link, no helper.</summary>
    public async Task RebootAsync(IReadOnlySet<string>? containers = null)
    {
        await Network.DisposeAsync();
        using (var helper = new Orchestrator.Network.Helper.HelperClient(
            Options.HelperPath, new Orchestrator.Network.Helper.HelperPaths(Path.Combine(Options.ExecRoot, "helper")), new Network.Hosting.HostSpace()))
            await helper.StopAsync(default);
        foreach (var file in Directory.GetFiles(Path.Combine(Options.ExecRoot, "netns")))
            NetNamespace.Unpin(file);
        Directory.Delete(Options.ExecRoot, recursive: true);
        Route.Dispose();
        Namespace.Dispose();
        NetNamespace.Unpin(path);
        (Namespace, Route) = Boot();
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

    private (NetNamespace, RouteSocket) Boot()
    {
        var ns = NetNamespace.CreatePinned(path);
        var route = RouteSocket.Open(ns);
        route.SetUp("lo");
        // An upstream that refuses at once, unless a test listens there.
        route.EnsureAddress(route.GetLink("lo").Index, IPAddress.Parse(Upstream), 32);
        return (ns, route);
    }

    /// <summary>Never on the process's first thread, which tests/vm runs tests on: the node takes that one's namespace for
    /// the process's own.</summary>
    private NodeNetwork Open()
    {
        Func<NodeNetwork> made = () => throw new InvalidOperationException();
        var thread = new Thread(() =>
        {
            try
            {
                var network = Namespace.Run(() => new NodeNetwork(Options));
                made = () => network;
            }
            catch (NetworkException e)
            {
                made = () => throw e;
            }
        });
        thread.Start();
        thread.Join();
        return made();
    }
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
