using System.Collections.Immutable;
using Orchestrator.Linux.Netlink;
using Orchestrator.Linux.Nftables;
using Orchestrator.Network.Bridging;
using Orchestrator.Network.Dns;
using Orchestrator.Network.Helper;
using Orchestrator.Network.Hosting;
using Orchestrator.Network.Mending;
using Orchestrator.Network.Pipes;
using Orchestrator.Network.Proxying;

namespace Orchestrator.Network;

/// <summary>The network of one node: its bridges, its containers' links and names, its part of the overlays.</summary>
/// <remarks>
/// One per daemon. Every method may be called from any thread; changes are made one at a time. All state is on disk
/// and in the kernel, so that a new instance after a crash takes over what the old one made.
/// Errors a user can mend are <see cref="NetworkException"/>.
/// </remarks>
public sealed partial class NodeNetwork : IAsyncDisposable
{
    private readonly NodeNetworkOptions options;
    private readonly NodePaths paths;
    private readonly SemaphoreSlim gate = new(1, 1);
    private readonly HostSpace host;
    private readonly HelperClient helper;
    private readonly HelperMirror names;
    private readonly ProxyProgram proxy;
    private readonly HelperWatch watch;
    private readonly RecordFolder<NetworkConfig> networkRecords;
    private readonly RecordFolder<SandboxRecord> sandboxRecords;
    private readonly RecordFolder<ClusterView> clusterRecords;
    private readonly RecordFolder<Pipe> pipeRecords;
    private readonly RecordFolder<KeptCommands> keptRecords;

    // Replaced whole under the gate; read without it.
    private ImmutableDictionary<string, NetworkConfig> networks = ImmutableDictionary<string, NetworkConfig>.Empty;
    private ImmutableDictionary<string, SandboxRecord> sandboxes = ImmutableDictionary<string, SandboxRecord>.Empty;

    /// <summary>Serves the network namespace of the calling thread; nothing is touched before it is started.</summary>
    public NodeNetwork(NodeNetworkOptions options)
    {
        if (options.Faults().FirstOrDefault() is { } fault)
            throw new NetworkException(NetworkFault.Invalid, fault);
        this.options = options;
        paths = new NodePaths(options.DataRoot, options.ExecRoot);
        host = new HostSpace();
        helper = new HelperClient(options.HelperPath, new HelperPaths(paths.Helper), host);
        names = new HelperMirror(helper);
        proxy = new ProxyProgram(
            options.ProxyPath ?? Path.Combine(Path.GetDirectoryName(options.HelperPath) ?? "/", "orch-ingress"),
            new ProxyFolder(paths.Proxy), host);
        watch = new HelperWatch(helper, new HelperPaths(paths.Helper));
        watch.Called += ids => _ = HearOfAsync(ids);
        networkRecords = new RecordFolder<NetworkConfig>(paths.Networks, NetworkJson.Default.NetworkConfig,
            durable: true);
        sandboxRecords = new RecordFolder<SandboxRecord>(paths.Sandboxes, NetworkJson.Default.SandboxRecord,
            durable: false);
        pipeRecords = new RecordFolder<Pipe>(paths.Pipes, NetworkJson.Default.Pipe, durable: true);
        keptRecords = new RecordFolder<KeptCommands>(paths.Kept, NetworkJson.Default.KeptCommands, durable: true);
        plumber = new PipePlumber(host, new Switching.VirtualSwitch(options.SwitchSocket));
        parents = new Parents.ParentLinks(host);
        wireGuardKey = new Encryption.WireGuardKey(paths.WireGuardKey);
        wireGuard = new Encryption.WireGuardTunnel(host, wireGuardKey);
        esp = new Encryption.EspTunnels(host, paths.EspEpoch);
        clusterRecords = new RecordFolder<ClusterView>(paths.Cluster, NetworkJson.Default.ClusterView, durable: false);
    }

    /// <summary>Makes or adopts the default bridge and the helper, and mends what a crash left half-made.</summary>
    /// <param name="containerIds">Containers that still exist; what belongs to others is removed. Null: keep
    /// all.</param>
    public Task StartAsync(IReadOnlySet<string>? containerIds, CancellationToken cancellationToken) =>
        ExclusiveAsync(async () =>
        {
            Directory.CreateDirectory(paths.Namespaces);
            LoadRecords();
            host.Set("ipv4/ip_forward", "1");
            EnsurePredefined();
            foreach (var network in Bridges)
                Try(() => EnsureBridge(network));
            ReplaceNeighbours();
            MendOutside();
            await names.LoadAsync(cancellationToken);
            await RemoveStrangersAsync(containerIds, cancellationToken);
            Protect();
            MendSandboxes();
            FindCallers();
            MendPipes(containerIds);
            await HoldPortsAsync(cancellationToken); // What is not held the table does not lead to containers.
            ReplaceHostTable();
            // Of a version that had a table for it: nobody would tell it of nodes that come.
            host.Apply("table inet orch_underlay\ndelete table inet orch_underlay\n");
            await RestoreHelperAsync(cancellationToken);
            watch.Start();
            StartMending();
        }, cancellationToken);

    /// <summary>Removes every kernel object, process and file of ours. The instance is unusable afterwards.</summary>
    public async Task DestroyAsync(CancellationToken cancellationToken)
    {
        await StopMendingAsync();
        await ExclusiveAsync(async () =>
        {
            LoadRecords();
            CloseSpaces();
            await watch.DisposeAsync();
            await helper.StopAsync(cancellationToken);
            await proxy.StopAsync(cancellationToken);
            foreach (var table in new[] { HostTable.Name, Balancing.IngressTable.Name })
                host.Apply(string.Concat(HostFamilies.Select(family => family.Delete(table))));
            DropNeighbours();
            cluster = ClusterView.OfNoCluster;
            RemoveTunnels(isMember: false);
            UnplugAllPipes();
            foreach (var network in Bridges)
                BridgeLink.Remove(host, network);
            foreach (var link in host.Route.ListLinks().Where(LinkNames.IsOurs))
                host.Route.DeleteLink(link.Name);
            UnpinAll();
            Unprotect();
            File.Delete(paths.WireGuardKey);
            File.Delete(paths.EspEpoch);
            foreach (var folder in paths.All.Where(Directory.Exists))
                Directory.Delete(folder, recursive: true);
        }, cancellationToken);
    }

    /// <summary>Lets go without touching anything: containers, names and ports stay.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopMendingAsync();
        CloseSpaces();
        await watch.DisposeAsync();
        foreach (var keeper in keepers.Values)
            await keeper.StopAsync();
        foreach (var overlay in overlays.Values)
            overlay.Dispose();
        helper.Dispose();
        proxy.Dispose();
        host.Dispose();
        gate.Dispose();
        mendingEnds.Dispose();
    }

    private IEnumerable<NetworkConfig> Bridges => networks.Values.Where(n => n.Driver == NetworkDrivers.Bridge);

    private void LoadRecords()
    {
        networks = networkRecords.Load().ToImmutableDictionary(n => n.Id);
        sandboxes = sandboxRecords.Load().ToImmutableDictionary(s => s.ContainerId);
        pipes = pipeRecords.Load().ToImmutableDictionary(p => p.Key);
        kept = keptRecords.Load().ToImmutableDictionary(c => c.ContainerId);
        if (clusterRecords.Load().FirstOrDefault() is { } view)
            cluster = view;
        LoadSegments();
    }

    /// <summary>Containers that the daemon knows no more, and links and namespaces that no record speaks of.</summary>
    private async Task RemoveStrangersAsync(IReadOnlySet<string>? containerIds, CancellationToken cancellationToken)
    {
        foreach (var id in sandboxes.Keys.Where(id => containerIds?.Contains(id) == false))
            await RemoveSandboxAsync(id, cancellationToken);
        foreach (var link in host.Route.ListLinks().Where(OwnLinksOfHost.IsStray))
            host.Route.DeleteLink(link.Name);
        var pinned = sandboxes.Keys.Select(paths.NamespaceOf)
            .Concat(cluster.Overlays.Select(o => paths.NamespaceOfOverlay(o.Network.Vni!.Value)));
        foreach (var path in Directory.GetFiles(paths.Namespaces).Except(pinned))
            NetNamespace.Unpin(path);
        foreach (var owner in names.Owners.Where(o => !sandboxes.ContainsKey(o) && !IsIngressOwner(o)))
            await helper.AskAsync(new HelperRequest(HelperOperation.Release, owner), cancellationToken);
    }

    private void UnpinAll()
    {
        foreach (var overlay in overlays.Values)
            overlay.Dispose();
        overlays.Clear();
        if (!Directory.Exists(paths.Namespaces))
            return;
        foreach (var path in Directory.GetFiles(paths.Namespaces))
            NetNamespace.Unpin(path);
    }

    /// <summary>Families that this kernel has.</summary>
    private IpFamily[] HostFamilies => host.HasIPv6 ? IpFamily.Both : [IpFamily.V4];

    /// <summary>Families of which there is a table: a host without networks of IPv6 has none for it.</summary>
    private IpFamily[] TabledFamilies =>
        host.HasIPv6 && (Bridges.Any(n => n.Pool6 is not null) || cluster.NodeVtep.Contains(':', StringComparison.Ordinal))
            ? IpFamily.Both : [IpFamily.V4];

    private IpFamily[] hostFamilies = []; // Of which the host's table was stated, and with which port of VXLAN.
    private int hostTablePort;

    private void ReplaceHostTable()
    {
        hostFamilies = TabledFamilies;
        foreach (var family in hostFamilies)
            ReplaceHostTable(family);
        foreach (var family in HostFamilies.Except(hostFamilies))
            StateHost(family, family.Delete(HostTable.Name));
        (hostTablePort, underlay) = (cluster.DataPathPort, UnderlayWanted);
    }

    private void ReplaceHostTable(IpFamily family) => StateHost(family, HostTable.Replace(
        family,
        [.. Bridges.Select(n => new HostBridge(
            LinkNames.BridgeOf(n), n.Pools[0].Subnet, n.Pool6?.Subnet, n.Internal,
            Masquerades: BridgeOptions.IsOn(n.Options, BridgeOptions.Masquerade, fallback: true),
            Isolated: !n.Icc))],
        sandboxes.Values.SelectMany(HostPorts),
        options.OwnPorts,
        UnderlayWanted,
        cluster.DataPathPort));

    private void StateHost(IpFamily family, string script) =>
        Stating(HostSite, [family.TableNamed(HostTable.Name)], whole: true, () => host.Apply(script));

    private ResolvConf HostResolvers()
    {
        var conf = ResolvConf.Load(options.HostResolvConf);
        return options.DnsServers.IsEmpty ? conf : conf with { Servers = options.DnsServers };
    }

    private async Task ExclusiveAsync(Func<Task> work, CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken);
        try
        {
            await work();
        }
        catch (Exception e) when (e is NetlinkException or NftException or Linux.LinuxException)
        {
            throw new NetworkException(NetworkFault.Kernel, e.Message, e);
        }
        finally
        {
            gate.Release();
        }
    }

    private async Task<T> ExclusiveAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken)
    {
        T result = default!; // Assigned unless the work throws, and then it is not read.
        await ExclusiveAsync(async () => { result = await work(); }, cancellationToken);
        return result;
    }
}
