using Orchestrator.Manager.Allocation;
using Orchestrator.Manager.Dispatching;
using Orchestrator.Model;
using Orchestrator.Protocol.Mapping;
using Orchestrator.Store.Tables;
using Subnet = Orchestrator.Manager.Allocation.Subnet;

namespace Orchestrator.Manager.Diagnosis;

/// <summary>What is wrong with a node's network that only the state of the cluster tells. Pure.</summary>
internal static class ClusterComplaints
{
    /// <summary>Digests of all networks, as a node should know them.</summary>
    public static IReadOnlyDictionary<string, string> DigestsOf(StoreRoot root) => root.Networks.All
        .Where(network => network.Allocation is not null)
        .Select(network => NetworkViewBuilder.Build(root, network, previous: null))
        .ToDictionary(
            view => view.Network.Id.Value, view => NetworkDigest.Of(view.Endpoints.Values, view.Services.Values));

    /// <param name="before">Digests from before the node was asked: what has changed since, it need not know.</param>
    public static IEnumerable<P.NetworkComplaint> Of(
        P.NodeDiagnosis report, Node node, StoreRoot root, IReadOnlyDictionary<string, string> before)
    {
        var now = DigestsOf(root);
        foreach (var (id, digest) in report.Networks)
        {
            if (now.GetValueOrDefault(id) is { } wanted && before.GetValueOrDefault(id) == wanted && digest != wanted)
                yield return Complaint(
                    $"network {NameOf(root, id)}", "what the node was told is not what the cluster has stored",
                    "restart orchd there: it is told everything anew");
        }

        foreach (var id in WantedOn(node, root).Where(id => before.ContainsKey(id) && !report.Networks.ContainsKey(id)))
            yield return Complaint(
                $"network {NameOf(root, id)}", "has tasks on the node, which was not told of it",
                "restart orchd there: it is told everything anew");
        foreach (var complaint in Hidden(node, root).Concat(Waiting(node, root)))
            yield return complaint;
    }

    public static P.NetworkComplaint Complaint(string place, string what, string remedy) =>
        new() { Place = place, What = what, Remedy = remedy };

    private static IEnumerable<string> WantedOn(Node node, StoreRoot root) => root.Tasks.All
        .Where(task => task.NodeId == node.Id && task.Status.State == TaskState.Running)
        .SelectMany(task => task.Networks).Select(network => network.NetworkId.Value).Distinct();

    private static IEnumerable<P.NetworkComplaint> Hidden(Node node, StoreRoot root) =>
        from network in root.Networks.All
        where !network.Spec.IsSegment // On one the host may well have an address itself.
        from pool in network.Allocation?.Pools ?? []
        let subnet = Subnet.Parse(pool.Subnet)
        from route in node.Description?.Routes ?? []
        let routed = Subnet.Parse(route)
        where subnet is not null && routed is not null && subnet.Value.Overlaps(routed.Value)
        select Complaint(
            $"network {network.Spec.Name}", $"its subnet {pool.Subnet} hides {route}, which the host has a route to",
            "containers of the network cannot reach that; make the network with another --subnet");

    /// <summary>Networks that no subnet is left for, told of the nodes whose routes are in the way, or else of one.</summary>
    private static IEnumerable<P.NetworkComplaint> Waiting(Node node, StoreRoot root)
    {
        var waiting = root.Networks.All.Where(network => network.Allocation is null).ToList();
        if (waiting.Count == 0 || NetworkAllocator.HasRoom(root))
            return [];
        var ways = NetworkAllocator.InTheWay(root.Clusters.All.FirstOrDefault()?.Spec ?? new(), root.Nodes.All)
            .ToLookup(way => way.Node.Id, way => way.Route);
        if (ways.Count == 0 ? root.Nodes.All.Min(n => n.Id.Value) != node.Id.Value : !ways.Contains(node.Id))
            return [];
        var reason = ways.Count == 0 ? "" : $" beside {string.Join(", ", ways[node.Id])}, which the host has a route to";
        return waiting.Select(network => Complaint(
            $"network {network.Spec.Name}", $"has no subnet, for none of the cluster's pools is free{reason}",
            "remove networks that are not used, or such routes, or make it with a --subnet of its own"));
    }

    private static string NameOf(StoreRoot root, string id) => root.Networks.Get(id)?.Spec.Name ?? id;
}
