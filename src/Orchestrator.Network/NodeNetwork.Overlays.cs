using System.Collections.Immutable;
using System.Net;
using Orchestrator.Linux.Netlink;
using Orchestrator.Linux.Nftables;
using Orchestrator.Network.Addressing;
using Orchestrator.Network.Hosting;
using Orchestrator.Network.Overlays;
using Orchestrator.Network.Underlays;

namespace Orchestrator.Network;

public sealed partial class NodeNetwork
{
    private readonly Dictionary<string, OverlayFabric> overlays = [];

    private Endpoint JoinOverlay(SandboxRecord sandbox, NetworkConfig network, EndpointConfig config)
    {
        var cidr = GivenAddress(network, isIPv6: false, config.IPv4);
        var six = !MayHaveIPv6(network) ? null : GivenAddress(network, isIPv6: true, config.IPv6);
        // A daemon that was restarted has not opened it yet.
        OpenFabric(network);
        var endpoint = Add(sandbox, Describe(sandbox, network, config, cidr) with { IPv6 = six });
        Police(sandboxes[sandbox.ContainerId]);
        if (!network.Internal)
            JoinGateway(sandboxes[sandbox.ContainerId], six is not null);
        return endpoint;
    }

    /// <summary>What the cluster gave, with prefix length.</summary>
    private static string GivenAddress(NetworkConfig network, bool isIPv6, string? given) =>
        given is not null && SubnetOf(network, given) is { } subnet && subnet.IsIPv6 == isIPv6
            ? $"{given}/{subnet.PrefixLength}"
            : throw new NetworkException(
                NetworkFault.Invalid,
                $"no address of {string.Join(", ", network.Pools.Where(p => p.IsIPv6 == isIPv6).Select(p => p.Subnet))} given for "
                + $"network {network.Name}; its addresses come from the cluster");

    /// <summary>The pool that an address is of; null: none of them.</summary>
    private static Subnet? SubnetOf(NetworkConfig network, string address) =>
        Subnet.TryParseAddress(address, out var parsed)
            ? network.Pools.Select(p => Subnet.Parse(p.Subnet)).Cast<Subnet?>().FirstOrDefault(s => s!.Value.Contains(parsed))
            : null;

    /// <summary>The pools of an overlay that an endpoint's address is not of. What is there is no farther away.</summary>
    private ImmutableArray<IPNetwork> BeyondOf(Endpoint endpoint) =>
        cluster.Overlays.FirstOrDefault(o => o.Network.Id == endpoint.NetworkId) is { } overlay
            ? [.. overlay.Network.Pools.Where(p => !p.IsIPv6).Select(p => Subnet.Parse(p.Subnet))
                .Where(s => s != Subnet.Parse(endpoint.IPv4)).Select(s => s.Network)]
            : [];

    /// <summary>A network that was full has a further pool: those who are on it already have to reach that.</summary>
    private void Widen(OverlayView before, OverlayView after)
    {
        if (after.Network.Pools.Length == before.Network.Pools.Length)
            return;
        foreach (var endpoint in ListEndpoints(after.Network.Id))
            Plug(endpoint);
    }

    private void JoinGateway(SandboxRecord sandbox, bool withIPv6)
    {
        var gateway = EnsureGatewayNetwork(withIPv6);
        if (sandbox.On(gateway.Id) is null)
            Join(sandbox, gateway, new EndpointConfig { NetworkId = gateway.Id });
        foreach (var earlier in gateway.Pool6 is null ? [] : sandboxes.Values)
            GiveIPv6(earlier, gateway);
    }

    /// <summary>Whoever was there before the way out had IPv6 gets what those have who come after.</summary>
    private void GiveIPv6(SandboxRecord earlier, NetworkConfig gateway)
    {
        if (earlier.On(gateway.Id) is not { IPv6: null } endpoint)
            return;
        var grown = endpoint with
        {
            IPv6 = ChooseAddress6(gateway, new EndpointConfig { NetworkId = gateway.Id }),
            Gateway6 = gateway.Pool6!.Gateway,
        };
        Keep(earlier with { Endpoints = earlier.Endpoints.Replace(endpoint, grown) });
        try
        {
            Plug(grown);
            ReplaceNeighbours(); // Where its port stands as one without IPv6, too.
            SetExit(sandboxes[earlier.ContainerId]);
        }
        catch (Exception e) when (e is NetlinkException or NftException or NetworkException or Linux.LinuxException)
        {
            // It is on record, so the next look mends it; who joins now does not answer for another container.
        }
    }

    /// <summary>Takes away the way out that only overlays need, with the last of them.</summary>
    private void LeaveGateway(SandboxRecord sandbox)
    {
        var needed = sandbox.Endpoints.Any(e =>
            cluster.Overlays.Any(o => o.Network.Id == e.NetworkId && !o.Network.Internal));
        if (!needed
            && sandbox.Endpoints.FirstOrDefault(e => e.NetworkName == NetworkDrivers.GatewayNetwork) is { } exit)
            Leave(sandbox, exit);
    }

    private void PlugOverlay(Endpoint endpoint)
    {
        // A record of an overlay that the cluster no longer speaks of: nothing to link it to.
        if (cluster.Overlays.FirstOrDefault(o => o.Network.Id == endpoint.NetworkId) is not { } overlay)
            return;
        using var container = NetNamespace.Open(paths.NamespaceOf(endpoint.ContainerId));
        var fabric = OpenFabric(overlay.Network);
        Limit(fabric.Route, Plug(fabric, overlay.Network, endpoint, container), LimitOf(overlay.Network, endpoint));
    }

    private LinkInfo Plug(OverlayFabric fabric, NetworkConfig network, Endpoint endpoint, NetNamespace container) =>
        fabric.Plug(endpoint, container, BeyondOf(endpoint), link => Guard(fabric, network, endpoint, link));

    private void UnplugOverlay(Endpoint endpoint)
    {
        var network = cluster.Overlays.FirstOrDefault(o => o.Network.Id == endpoint.NetworkId)?.Network;
        if (!overlays.TryGetValue(endpoint.NetworkId, out var fabric))
        {
            if (network is not null) // Whatever kept it from being opened.
                OverlayFabric.Unplug(paths.NamespaceOfOverlay(network.Vni!.Value), endpoint);
            return;
        }

        fabric.Unplug(endpoint);
        Unlimit(fabric.Route, endpoint);
        // Rules without a port harm nobody, and go when all are stated anew.
        if (network is not null)
            Try(() => Unguard(fabric, network, endpoint.HostInterfaceName));
    }

    private OverlayFabric OpenFabric(NetworkConfig network)
    {
        Protect();
        if (overlays.TryGetValue(network.Id, out var open))
            return open;
        var fabric = OverlayFabric.Open(
            paths.NamespaceOfOverlay(network.Vni!.Value), host.Route, Settings(network), HasIPv6(network),
            network.Ingress ? null : (sender, target) => HearQuestionAsync(network.Id, sender, target));
        try
        {
            Reguard(fabric, network); // It may have ports of an earlier daemon.
        }
        catch
        {
            fabric.Dispose();
            throw;
        }

        overlays.Add(network.Id, fabric);
        return fabric;
    }

    private void Ensure(OverlayFabric fabric, NetworkConfig network)
    {
        fabric.Ensure(host.Route, Settings(network), HasIPv6(network));
        // What comes whole is looked at for nothing. Out of a tunnel packets come as they were sealed: one by one.
        var arrivesWhole = host.Run(() => UnderlayRoutes.ArriveWhole(host.Route, IPAddress.Parse(cluster.NodeVtep)));
        fabric.Gather(!arrivesWhole || network.Encryption is { Length: > 0 });
    }

    /// <summary>A node whose kernel has none takes part by IPv4, and so does one while its packets are too small.</summary>
    private bool HasIPv6(NetworkConfig network) => MayHaveIPv6(network) && MtuOf(network) >= IpFamily.SmallestMtuOfIPv6;

    private bool MayHaveIPv6(NetworkConfig network) => network.Pool6 is not null && host.HasIPv6;

    /// <summary>What an endpoint of an overlay has of IPv6 for as long as packets are large enough.</summary>
    private string? IPv6Of(Endpoint endpoint) =>
        cluster.Overlays.FirstOrDefault(o => o.Network.Id == endpoint.NetworkId) is { } overlay && !HasIPv6(overlay.Network)
            ? null : endpoint.IPv6;

    private IEnumerable<string> TooSmallForIPv6() => cluster.Overlays.Select(o => o.Network)
        .Where(n => MayHaveIPv6(n) && !HasIPv6(n)).Select(n =>
            $"network {n.Name} has no IPv6 on this node: its packets have at most {MtuOf(n)} bytes, and IPv6 needs "
            + $"{IpFamily.SmallestMtuOfIPv6}; give the nodes' links a larger MTU, or make the network without --ipv6");

    private VxlanSettings Settings(NetworkConfig network) => new(
        OverlayFabric.Vxlan,
        network.Vni!.Value, // Checked when the view came in.
        IPAddress.Parse(cluster.NodeVtep),
        (ushort)cluster.DataPathPort,
        MtuOf(network));

    private void RemoveFabric(NetworkConfig network)
    {
        CloseSpace(OverlaySite + network.Id);
        if (overlays.Remove(network.Id, out var fabric))
            fabric.Remove();
        else
            OverlayFabric.Remove(paths.NamespaceOfOverlay(network.Vni!.Value)); // An earlier daemon's.
        NetNamespace.Unpin(paths.NamespaceOfOverlay(network.Vni!.Value));
    }
}
