using System.Net;
using Orchestrator.Linux.Netlink;
using Orchestrator.Model;
using Orchestrator.Network.Hosting;
using Orchestrator.Network.Parents;
using Orchestrator.Network.Policing;
using Orchestrator.Network.Probing;

namespace Orchestrator.Network;

/// <summary>From containers here to tasks on other nodes, as far as they may talk.</summary>
public sealed partial class NodeNetwork
{
    private IEnumerable<Way> WaysOfTasks(OverlayView overlay) =>
        WaysOfTasks(overlay, WayKind.Task, _ => Settings(overlay.Network).Mtu);

    /// <summary>There is no way of ours between the nodes of a segment, but a switch. At layer 3 somebody's routes lead, and
    /// what has no parent leads nowhere.</summary>
    private IEnumerable<Way> WaysOfTasks(IEnumerable<OverlayView> segments) =>
        from segment in segments
        let network = networks.GetValueOrDefault(segment.Network.Id) ?? segment.Network
        where ParentOptions.ParentOf(network).Length > 0 && ParentOptions.HasGateway(network)
        from way in WaysOfTasks(segment, WayKind.Segment, LinkMtuOf)
        select way;

    /// <summary>To each task of other nodes from the first container here that may talk to it.</summary>
    private IEnumerable<Way> WaysOfTasks(OverlayView overlay, WayKind kind, Func<Endpoint, int> mtu)
    {
        var here = ListEndpoints(overlay.Network.Id);
        foreach (var task in overlay.Endpoints.Where(
            e => e is { Ready: true, IsLocal: false } && e.NodeVtep.Length > 0 && e.NodeVtep != cluster.NodeVtep))
        {
            foreach (var own in here)
            {
                if (PortTo(task, own, overlay) is not { } port)
                    continue; // What a policy drops is no fault.
                yield return new Way(
                    $"container {sandboxes[own.ContainerId].Config.Name}",
                    $"task {task.Name} on node {task.NodeVtep} in network {overlay.Network.Name}",
                    kind, NetNamespace.Open(paths.NamespaceOf(own.ContainerId)),
                    ContainerLink.Split(own.IPv4).Address, IPAddress.Parse(task.Ip), mtu(own)) { Port = port };
                break;
            }
        }
    }

    /// <returns>What may be asked: <see cref="Way.Echoes"/>, or a port of TCP; null: nothing that is answered.</returns>
    private static int? PortTo(OverlayEndpoint task, Endpoint own, OverlayView overlay)
    {
        if (NetworkPolicy.Of(overlay.Network.Options) is not { } rules)
            return Way.Echoes;
        var from = overlay.Endpoints.FirstOrDefault(e => e.Ip == own.IPv4.Split('/')[0]);
        var allowed = from is null ? [] : PolicyModel.Between(from, task, overlay, rules).ToList();
        return allowed.Exists(rule => rule.Protocol is "" or "icmp") ? Way.Echoes
            : allowed.Find(rule => rule.Protocol == "tcp") is { } open ? Math.Max(1, open.FirstPort) : null;
    }

    private int LinkMtuOf(Endpoint endpoint)
    {
        using var container = NetNamespace.Open(paths.NamespaceOf(endpoint.ContainerId));
        using var inside = RouteSocket.Open(container);
        return inside.FindLink(endpoint.InterfaceName)?.Mtu ?? 0; // One that is gone is told of elsewhere.
    }
}
