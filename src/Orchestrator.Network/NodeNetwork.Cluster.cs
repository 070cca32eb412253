using System.Collections.Immutable;
using System.Net;
using Orchestrator.Linux.Netlink;
using Orchestrator.Linux.Nftables;
using Orchestrator.Network.Addressing;
using Orchestrator.Network.Balancing;
using Orchestrator.Network.Hosting;
using Orchestrator.Network.Mending;
using Orchestrator.Network.Overlays;

namespace Orchestrator.Network;

public sealed partial class NodeNetwork
{
    private readonly Dictionary<string, BalancerModel> balancers = [];

    // The last view, and of overlays it no longer has those that local containers are still on.
    private ClusterView cluster = new("");

    // What the kernel may hold: the last view that all was done of, and what tries since then that failed half-way brought.
    private ClusterView? held;

    // Addresses of tasks that are gone, by overlay, connections to which somewhere could not be forgotten.
    private volatile ImmutableHashSet<(string Overlay, string Address)> unforgotten = [];

    /// <summary>Makes this node's part of the cluster's networks equal to <paramref name="view"/>.</summary>
    /// <remarks>Level-triggered: call it with the whole view as often as you like; only differences are
    /// programmed.</remarks>
    public async Task<ClusterReport> ApplyClusterAsync(ClusterView view, CancellationToken cancellationToken)
    {
        var dead = new List<DeadBackends>();
        try
        {
            var faults = ImmutableArray.CreateBuilder<string>();
            await ExclusiveAsync(() => ApplyAsync(view, dead, faults, cancellationToken), cancellationToken);
            // Out of the way of everybody else: reading a connection table takes the kernel some thirty milliseconds.
            unforgotten = await Task.Run(() => Forget(dead, faults), CancellationToken.None);
            return new ClusterReport(faults.ToImmutable());
        }
        finally
        {
            dead.ForEach(one => one.Namespace.Dispose());
        }
    }

    /// <param name="dead">Is given what is to be forgotten then.</param>
    private async Task ApplyAsync(
        ClusterView view, List<DeadBackends> dead, ImmutableArray<string>.Builder faults,
        CancellationToken cancellationToken)
    {
        Check(view);
        var (before, after) = (Held(), Merge(view));
        (held, cluster) = (before, after);
        clusterRecords.Put("view", after);

        if (hostTablePort != after.DataPathPort)
            FollowDataPathPort([.. before.Overlays, .. after.Overlays]);
        Attempt(faults, "underlay", ApplyUnderlay);
        Attempt(faults, "encryption", EnsureTunnels);
        // Order matters: the way to a new task stands before anybody is led there, and nobody is led to an old
        // one any more when the way is taken down.
        var removals = after.Overlays.SelectMany(o => Attempt(faults, o.Network.Name, () => Extend(o))).ToList();
        foreach (var (old, grown) in before.Overlays.Join(after.Overlays, o => o.Network.Id, o => o.Network.Id, (o, n) => (o, n)))
            Attempt(faults, grown.Network.Name, () => Widen(old, grown));
        await ApplySegmentsAsync(faults, cancellationToken);
        await PutTablesAsync(ClusterNetworks.Select(o => o.Network.Id), cancellationToken);
        foreach (var sandbox in sandboxes.Values)
        {
            Attempt(faults, sandbox.Config.Name, () => Police(sandbox));
            Attempt(faults, sandbox.Config.Name, () =>
            {
                Balance(sandbox);
                LeadBack(sandbox);
            });
        }

        await ApplyIngressAsync(faults, cancellationToken);
        dead.AddRange(FindDead(before, after));
        foreach (var (fabric, changes) in removals)
            fabric.Change(changes);
        foreach (var gone in before.Overlays.Where(o => after.Overlays.All(a => a.Network.Id != o.Network.Id)))
            await RemoveOverlayAsync(gone, cancellationToken);
        Attempt(faults, "encryption", () =>
        {
            RemoveTunnels(isMember: view.NodeVtep.Length > 0);
            Unprotect();
        });
        faults.AddRange(TooSmallForIPv6());
        held = after;
    }

    private ClusterView Held()
    {
        if (held is null || ReferenceEquals(held, cluster))
            return cluster;
        var further = cluster.Overlays.ToDictionary(o => o.Network.Id);
        return held with
        {
            Overlays =
            [
                .. held.Overlays.Select(o => further.Remove(o.Network.Id, out var more)
                    ? o with { Endpoints = [.. o.Endpoints.Union(more.Endpoints)] } : o),
                .. further.Values,
            ],
        };
    }

    private static void Check(ClusterView view)
    {
        if (!IPAddress.TryParse(view.NodeVtep, out _) && view != ClusterView.OfNoCluster)
            throw new NetworkException(NetworkFault.Invalid,
                $"\"{view.NodeVtep}\" is no address for this node's end of the overlays");
        if (view.Segments.Select(s => s.Network).FirstOrDefault(n => n.Pools.IsEmpty || !IsOutside(n)) is { } fault)
            throw new NetworkException(
                NetworkFault.Invalid, $"network {fault.Name} of the cluster, driver {fault.Driver}, has no subnet or no card");
        foreach (var network in view.Overlays.Select(o => o.Network))
        {
            if (network.Vni is not (> 0 and < 1 << 24) || network.Pools.IsEmpty)
                throw new NetworkException(
                    NetworkFault.Invalid,
                    $"overlay {network.Name} has no VNI of 24 bits or no subnet; the allocator gives both");
        }
    }

    private ClusterView Merge(ClusterView view)
    {
        return view with
        {
            // Of a node that left, what is kept still ends where it did.
            NodeVtep = view.NodeVtep.Length > 0 ? view.NodeVtep : cluster.NodeVtep,
            DataPathPort = view.NodeVtep.Length > 0 ? view.DataPathPort : cluster.DataPathPort,
            Overlays = [.. view.Overlays, .. StillUsed(cluster.Overlays, view.Overlays)],
            Segments = [.. view.Segments, .. StillUsed(cluster.Segments, view.Segments)],
        };
    }

    /// <summary>What the cluster speaks of no more, and local containers are still on.</summary>
    private IEnumerable<OverlayView> StillUsed(ImmutableArray<OverlayView> before, ImmutableArray<OverlayView> after) => before
        .Where(o => after.All(v => v.Network.Id != o.Network.Id) && ListEndpoints(o.Network.Id).Length > 0)
        .Select(o => new OverlayView(o.Network));

    /// <summary>Brings an overlay up and makes every endpoint reachable; what is to go is returned for later.</summary>
    private (OverlayFabric, ImmutableArray<NeighbourChange>)[] Extend(OverlayView overlay)
    {
        var fabric = OpenFabric(overlay.Network);
        Ensure(fabric, overlay.Network);
        var plan = fabric.Plan(RemoteOf(overlay));
        fabric.Change(plan.Additions);
        Limit(overlay);
        return [(fabric, plan.Removals)];
    }

    /// <summary>Programs the virtual addresses that a container calls. Nothing is done when nothing changed.</summary>
    private void Balance(SandboxRecord sandbox)
    {
        if (!MayCall(sandbox))
            return;
        var wanted = BalancerModel.For(
            sandbox.ContainerId,
            cluster.Overlays.Where(o => !o.Network.Ingress && sandbox.On(o.Network.Id) is not null));
        var present = balancers.GetValueOrDefault(sandbox.ContainerId);
        foreach (var family in HostFamilies)
            Balance(sandbox, family, present?.Of(family), wanted.Of(family));
        balancers[sandbox.ContainerId] = wanted;
    }

    /// <param name="present">Null: nobody knows what is there.</param>
    private void Balance(SandboxRecord sandbox, IpFamily family, BalancerModel? present, BalancerModel wanted)
    {
        if (present is null)
        {
            if (!wanted.Vips.IsEmpty || MayBalance(sandbox, family))
                Rebalance(sandbox, family, wanted);
            return;
        }

        if (present.Vips.IsEmpty != wanted.Vips.IsEmpty)
            Rebalance(sandbox, family, wanted); // The table comes or goes.
        else
            ChangeInContainer(
                sandbox, family.TableNamed(BalancerTable.Name), BalancerTable.Change(family, present, wanted),
                restate: () => Rebalance(sandbox, family, wanted));
    }

    /// <summary>Has an earlier daemon made a table there?</summary>
    private bool MayBalance(SandboxRecord sandbox, IpFamily family) => sandbox.Endpoints.Any(
        e => !networks.ContainsKey(e.NetworkId) && (!family.IsIPv6 || e.IPv6 is not null));

    private sealed record DeadBackends(
        string Place, NetNamespace Namespace, string Overlay, HashSet<IPAddress> Addresses);

    /// <summary>Tasks that are gone, in every namespace that may hold connections to them.</summary>
    private IEnumerable<DeadBackends> FindDead(ClusterView before, ClusterView after)
    {
        foreach (var overlay in before.Overlays)
        {
            var alive = after.Overlays.Where(o => o.Network.Id == overlay.Network.Id).SelectMany(o => o.Endpoints)
                .SelectMany(e => e.Addresses).ToHashSet();
            var gone = overlay.Endpoints.SelectMany(e => e.Addresses)
                .Concat(unforgotten.Where(u => u.Overlay == overlay.Network.Id).Select(u => u.Address))
                .Where(ip => !alive.Contains(ip)).Select(IPAddress.Parse).ToHashSet();
            if (gone.Count == 0)
                continue;
            foreach (var containerId in ListEndpoints(overlay.Network.Id).Select(e => e.ContainerId))
            {
                var path = paths.NamespaceOf(containerId);
                if (File.Exists(path)) // What somebody took away keeps nobody else's from being found.
                    yield return new DeadBackends(
                        $"container {sandboxes[containerId].Config.Name}", NetNamespace.Open(path), overlay.Network.Id, gone);
            }

            if (overlay.Network.Ingress)
                yield return new DeadBackends(
                    "host", NetNamespace.Open(host.Namespace.Path), overlay.Network.Id, gone);
        }
    }

    /// <summary>Resets connections to tasks that are gone: their clients would wait for an answer for
    /// minutes.</summary>
    /// <returns>Those that somewhere could not be.</returns>
    private static ImmutableHashSet<(string Overlay, string Address)> Forget(
        List<DeadBackends> dead, ImmutableArray<string>.Builder faults)
    {
        var failed = ImmutableHashSet.CreateBuilder<(string, string)>();
        foreach (var one in dead)
        {
            var before = faults.Count;
            Attempt(faults, $"connections in {one.Place}", () => Forget(one));
            if (faults.Count > before)
                failed.UnionWith(one.Addresses.Select(address => (one.Overlay, $"{address}")));
        }

        return failed.ToImmutable();
    }

    private static void Forget(DeadBackends dead)
    {
        using var ns = dead.Namespace;
        using var conntrack = ConntrackSocket.Open(ns);
        conntrack.Delete(c => dead.Addresses.Contains(c.ReplySource));
    }

    private async Task RemoveOverlayAsync(OverlayView overlay, CancellationToken cancellationToken)
    {
        RemoveFabric(overlay.Network);
        await names.DropTableAsync(overlay.Network.Id, cancellationToken);
    }

    /// <summary>One overlay or container that cannot be programmed must not keep the others from it.</summary>
    private static T[] Attempt<T>(ImmutableArray<string>.Builder faults, string subject, Func<T[]> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (e is NetlinkException or NftException or NetworkException or Linux.LinuxException)
        {
            faults.Add($"{subject}: {e.Message}");
            return [];
        }
    }

    private static void Attempt(ImmutableArray<string>.Builder faults, string subject, Action work) =>
        Attempt<bool>(faults, subject, () =>
        {
            work();
            return [];
        });
}
