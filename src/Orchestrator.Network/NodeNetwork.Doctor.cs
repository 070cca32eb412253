using System.Collections.Immutable;
using System.Net;
using Orchestrator.Linux.Netlink;
using Orchestrator.Network.Hosting;
using Orchestrator.Network.Probing;

namespace Orchestrator.Network;

/// <summary>Looks the whole network of this node over.</summary>
public sealed partial class NodeNetwork
{
    /// <summary>A large cluster is sampled: each way costs some packets, a dead one two seconds.</summary>
    private const int MostWays = 200, WaysAtOnce = 16;

    /// <summary>Compares all of ours with the records, and sends packets to every other node and to the tasks
    /// there.</summary>
    /// <param name="fix">Put right what differs.</param>
    public async Task<NetworkReport> DiagnoseAsync(bool fix, CancellationToken cancellationToken)
    {
        var (places, drifts, mute, ways) = await ExclusiveAsync(async () =>
        {
            if (fix)
                await RetryPortsAsync(cancellationToken);
            var found = await PassAsync(fix, thorough: true);
            if (!fix)
                found = [.. found.Select(AsKnown)];
            return (spaces.Count, found, unanswered, Ways().Take(MostWays).ToList());
        }, cancellationToken);
        using var turns = new SemaphoreSlim(WaysAtOnce);
        var paths = await Task.WhenAll(ways.Select(way => MeasureAsync(way, turns, cancellationToken)));
        return new NetworkReport(places, drifts, [.. paths]) { Unanswered = mute };
    }

    /// <summary>What the last pass could not mend, --fix cannot either.</summary>
    private NetworkDrift AsKnown(NetworkDrift drift) =>
        unmended.FirstOrDefault(known => (known.Place, known.Finding) == (drift.Place, drift.Finding)) ?? drift;

    private static async Task<NetworkPath> MeasureAsync(
        Way way, SemaphoreSlim turns, CancellationToken cancellationToken)
    {
        await turns.WaitAsync(cancellationToken);
        try
        {
            return await way.MeasureAsync(cancellationToken);
        }
        finally
        {
            turns.Release();
        }
    }

    private IEnumerable<Way> Ways()
    {
        if (!IPAddress.TryParse(cluster.NodeVtep, out var here))
            return [];
        var peers = cluster.Overlays.SelectMany(o => RemoteOf(o)).Select(e => e.Vtep).Distinct().Except(DownVteps);
        return
        [
            .. peers.Select(peer => new Way(
                "host", $"node {peer}", WayKind.Underlay, NetNamespace.Open(host.Namespace.Path), here, peer,
                UnderlayMtu)),
            .. WaysOfMesh(),
            .. cluster.Overlays.Where(o => !o.Network.Ingress).SelectMany(WaysOfTasks),
            .. WaysOfTasks(cluster.Segments),
        ];
    }

    /// <summary>The other nodes' own addresses in the ingress overlay: through VXLAN, and no container needed.</summary>
    private IEnumerable<Way> WaysOfMesh() => IngressOverlay is not { } mesh ? []
        : mesh.Endpoints.Where(e => e is { IsNode: true, Ready: true, NodeVtep.Length: > 0 } && e.NodeVtep != cluster.NodeVtep)
            // One of two at an address has left, and until it is missed nobody knows which.
            .GroupBy(e => e.NodeVtep, (_, nodes) => nodes.ToList()).Where(nodes => nodes.Count == 1)
            .Select(nodes => new Way(
                "host", $"node {nodes[0].NodeVtep} by VXLAN", WayKind.Overlay, NetNamespace.Open(host.Namespace.Path),
                IPAddress.Parse(cluster.Ingress!.NodeAddress), IPAddress.Parse(nodes[0].Ip), Settings(mesh.Network).Mtu)
            {
                DataPathPort = cluster.DataPathPort,
            });

    /// <summary>Where nobody is but nodes that are down, as the cluster says itself.</summary>
    private IEnumerable<IPAddress> DownVteps => (IngressOverlay?.Endpoints ?? [])
        .Where(e => e.IsNode && e.NodeVtep.Length > 0).GroupBy(e => e.NodeVtep, e => e.Ready)
        .Where(node => !node.Contains(true)).Select(node => IPAddress.Parse(node.Key));
}
