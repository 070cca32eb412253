using System.Collections.Immutable;
using Orchestrator.Linux.Netlink;
using Orchestrator.Linux.Nftables;
using Orchestrator.Network.Helper;
using Orchestrator.Network.Hosting;

namespace Orchestrator.Network;

public sealed partial class NodeNetwork
{
    /// <summary>Makes the network namespace of a container, with loopback up and nothing else. Idempotent.</summary>
    /// <param name="made">File of a namespace that someone else made for it, and that belongs to its own users; null:
    /// one is made here.</param>
    /// <returns>Path to give to the runtime; valid until the sandbox is deleted.</returns>
    public Task<string> CreateSandboxAsync(
        string containerId, SandboxConfig config, CancellationToken cancellationToken, string? made = null) =>
        ExclusiveAsync(async () =>
        {
            var path = paths.NamespaceOf(containerId);
            if (sandboxes.ContainsKey(containerId) && (made is not null || !NetNamespace.IsPinned(path)))
                await RemoveSandboxAsync(containerId, cancellationToken); // What it was attached to went with it.
            var record = sandboxes.GetValueOrDefault(containerId) ?? new SandboxRecord(containerId, config, [], []);
            Keep(record with { Config = config });
            if (made is null)
                EnsureNamespace(path);
            else
                Adopt(made, path);
            return path;
        }, cancellationToken);

    /// <summary>Takes a container off every network and removes its namespace. Unknown ids are ignored.</summary>
    public Task DeleteSandboxAsync(string containerId, CancellationToken cancellationToken) =>
        ExclusiveAsync(async () =>
        {
            if (!sandboxes.TryGetValue(containerId, out var sandbox))
                return;
            await RemoveSandboxAsync(containerId, cancellationToken);
            await PutTablesAsync(sandbox.Endpoints.Select(e => e.NetworkId), cancellationToken);
        }, cancellationToken);

    /// <summary>Follows <c>docker rename</c>: the old name stops to resolve.</summary>
    public Task RenameAsync(string containerId, string name, CancellationToken cancellationToken) =>
        ExclusiveAsync(async () =>
        {
            if (!sandboxes.TryGetValue(containerId, out var sandbox))
                return;
            var old = sandbox.Config.Name;
            Keep(sandbox with
            {
                Config = sandbox.Config with { Name = name },
                Endpoints = [.. sandbox.Endpoints.Select(e => e with
                {
                    DnsNames = [.. e.DnsNames.Select(n => n == old ? name : n)],
                })],
            });
            await PutTablesAsync(sandbox.Endpoints.Select(e => e.NetworkId), cancellationToken);
        }, cancellationToken);

    /// <returns>File of a container's network namespace; null: it has none of ours.</returns>
    public string? NamespaceOf(string containerId) =>
        sandboxes.ContainsKey(containerId) ? paths.NamespaceOf(containerId) : null;

    /// <summary>Contents for /etc/hostname, /etc/hosts and /etc/resolv.conf, given where the container is attached
    /// now.</summary>
    public SandboxFiles GetFiles(string containerId) =>
        EtcFiles.Write(RequireSandbox(containerId), HostResolvers(), HostGateways());

    /// <summary>None on a node without a default network.</summary>
    private ImmutableArray<string> HostGateways() => // Filled in at its creation.
        [.. networks.Values.Where(n => n.Name == NetworkDrivers.Bridge).SelectMany(n => n.Pools).Select(p => p.Gateway!)];

    private SandboxRecord RequireSandbox(string containerId) =>
        sandboxes.GetValueOrDefault(containerId) ?? throw new NetworkException(
            NetworkFault.NotFound,
            $"container {LinkNames.ShortId(containerId)} has no network sandbox; start it first");

    private void Keep(SandboxRecord sandbox)
    {
        sandboxRecords.Put(sandbox.ContainerId, sandbox);
        sandboxes = sandboxes.SetItem(sandbox.ContainerId, sandbox);
        TellOfSandboxes();
    }

    private static void EnsureNamespace(string path)
    {
        if (NetNamespace.IsPinned(path))
            return;
        NetNamespace.Unpin(path);
        using var ns = NetNamespace.CreatePinned(path);
        ns.Run(() =>
        {
            using var route = RouteSocket.Open();
            route.SetUp("lo");
            // As docker has it: any program may listen below 1024 and ping, in a namespace that is its own.
            Sysctl.TrySet("ipv4/ip_unprivileged_port_start", "0");
            Sysctl.TrySet("ipv4/ping_group_range", "0 2147483647");
            ForbidIPv6();
        });
    }

    private static void Adopt(string made, string path)
    {
        NetNamespace.Unpin(path);
        using var ns = NetNamespace.Pin(made, path);
        ns.Run(() =>
        {
            using var route = RouteSocket.Open();
            route.SetUp("lo");
            ForbidIPv6();
        });
    }

    /// <summary>A link has it where its network or its pipe gives it: elsewhere a container would hear and speak what no
    /// rule of ours is about.</summary>
    private static void ForbidIPv6() => Sysctl.TrySet("ipv6/conf/default/disable_ipv6", "1");

    private async Task RemoveSandboxAsync(string containerId, CancellationToken cancellationToken)
    {
        var sandbox = sandboxes[containerId];
        await UnpublishAsync(sandbox, cancellationToken);
        await names.DropResolverAsync(containerId, cancellationToken);
        balancers.Remove(containerId);
        callers = callers.Remove(containerId);
        returns.Remove(containerId);
        policies.Remove(containerId);
        CloseSpace(ContainerSite + containerId);
        adopted.Remove(containerId);
        foreach (var endpoint in sandbox.Endpoints)
            Unplug(endpoint);
        UnplugPipes(containerId);
        NetNamespace.Unpin(paths.NamespaceOf(containerId));
        sandboxRecords.Drop(containerId);
        sandboxes = sandboxes.Remove(containerId);
        TellOfSandboxes();
    }

    /// <summary>Gives containers that live back what is missing; forgets those whose namespace went with a reboot, or was
    /// half made or half removed when a daemon was killed.</summary>
    private void MendSandboxes()
    {
        foreach (var sandbox in sandboxes.Values)
        {
            var path = paths.NamespaceOf(sandbox.ContainerId);
            if (!NetNamespace.IsPinned(path))
            {
                NetNamespace.Unpin(path); // The file: nobody would look for it once its record is gone.
                sandboxRecords.Drop(sandbox.ContainerId);
                sandboxes = sandboxes.Remove(sandbox.ContainerId);
                continue;
            }

            foreach (var endpoint in sandbox.Endpoints)
                Try(() => Plug(endpoint));
            Try(() => SetExit(sandbox));
        }

        var known = sandboxes.Values.SelectMany(s => s.Endpoints).Select(e => e.HostInterfaceName)
            .Append(IngressPortName).ToHashSet();
        foreach (var fabric in overlays.Values)
            fabric.RemoveStrangers(known);
    }

    private async Task RestoreHelperAsync(CancellationToken cancellationToken)
    {
        foreach (var sandbox in sandboxes.Values)
            await PutResolverAsync(sandbox, cancellationToken);

        await PutTablesAsync(AllNetworks.Select(n => n.Id), cancellationToken);
        await names.DropOthersAsync(
            sandboxes.Keys.ToHashSet(), AllNetworks.Select(n => n.Id).ToHashSet(), cancellationToken);
    }

    private Task PutResolverAsync(SandboxRecord sandbox, CancellationToken cancellationToken) =>
        PutNamesAsync(null, sandbox, cancellationToken);

    /// <summary>The names of a network, and who asks for them.</summary>
    /// <param name="networkId">Null: its names are known.</param>
    private async Task PutNamesAsync(string? networkId, SandboxRecord sandbox, CancellationToken cancellationToken)
    {
        var (table, resolver) = (networkId is null ? null : TableOf(networkId), ResolverOf(sandbox));
        if (resolver is null)
            await names.DropResolverAsync(sandbox.ContainerId, cancellationToken);
        await StatingAsync(
            ContainerSite + sandbox.ContainerId, NamesTableId, whole: true,
            () => names.PutAsync(table, resolver, cancellationToken));
    }

    /// <returns>Null: the container asks its servers itself.</returns>
    private ResolverConfig? ResolverOf(SandboxRecord sandbox)
    {
        var conf = HostResolvers();
        if (!EtcFiles.NeedsResolver(sandbox, conf))
            return null;
        var servers = EtcFiles.Upstream(sandbox, conf).Servers;
        return new ResolverConfig(
            sandbox.ContainerId,
            paths.NamespaceOf(sandbox.ContainerId),
            [.. sandbox.Named.Select(e => e.NetworkId)],
            [.. servers.Where(s => !Dns.ResolvConf.IsLoopback(s))],
            // Never for a container without a way out: names would be one.
            sandbox.Exit is null ? [] : [.. servers.Where(Dns.ResolvConf.IsLoopback)])
        {
            Links = [.. sandbox.Named.Where(e => !e.Links.IsDefault).SelectMany(e => e.Links)],
        };
    }

    private async Task PutTablesAsync(IEnumerable<string> networkIds, CancellationToken cancellationToken)
    {
        foreach (var table in networkIds.Distinct().Select(TableOf).OfType<Dns.NameTable>())
            await names.PutTableAsync(table, cancellationToken);
    }

    /// <returns>Null: no names are resolved there.</returns>
    private Dns.NameTable? TableOf(string networkId)
    {
        var overlay = ClusterNetworks.FirstOrDefault(o => o.Network.Id == networkId);
        if ((overlay?.Network ?? networks.GetValueOrDefault(networkId)) is not { } network || !HasNames(network))
            return null;
        var table = new Dns.NameTableBuilder(networkId, network.Name);
        if (overlay is not null)
            table.Add(overlay);
        foreach (var endpoint in ListEndpoints(networkId))
            table.Add(endpoint);
        return table.Build();
    }

    /// <summary>Docker's default bridge resolves no container names, nor do networks without containers.</summary>
    private static bool HasNames(NetworkConfig network) =>
        (network.Driver is NetworkDrivers.Bridge or NetworkDrivers.Overlay || IsOutside(network))
            && !IsPredefined(network.Name) && !network.Ingress;
}
